// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Did} from "../../identity/types/Did.sol";
import {CategoryId} from "../types/CategoryId.sol";
import {IReputation} from "./IReputation.sol";

/// @title IReputationAutomation
/// @notice Lets a realm decide once, by its vote, what happens whenever somebody's standing crosses a threshold; from
/// then on anybody may make it happen, and may be refunded for the gas.
///
/// An automation fires on an edge, not on a state: the score is across the threshold now, and it was on the other side,
/// by more than the margin, at the start of an epoch since the automation last fired. The caller names that epoch, so
/// that an edge which nobody used at once is not lost, and a score that trembles around the threshold fires nothing: the
/// past at starts of epochs can't be written any more. Hence an automation fires at most once in an epoch. The first
/// epoch that counts is the one in which it is authorised, or the next if the score is across the threshold by then: what
/// happened before the vote fires nothing.
///
///     Rise:  score(witness) + margin < threshold <= score(now)
///     Fall:  score(now) < threshold <= score(witness) - margin
///
/// Actions are made by the realm's agent, an account of its own for every realm: a realm gives its agent the powers that
/// its automations need, and no other realm's automations can use them. The agent also holds what refunds are paid from;
/// anybody may send it native currency. There is no administrator: a realm answers for its own automations alone.
///
/// The target's code is held against what it was when it was authorised. What that code reads elsewhere, a proxy's
/// implementation for one, it is not: authorise targets that nobody can change. An action that goes on when a call of
/// its own fails can be given too little gas by the caller and still use the edge up.
interface IReputationAutomation {
    /// @notice Which way a score crosses the threshold.
    enum Edge {
        Rise,
        Fall
    }

    /// @notice What a realm authorises.
    /// @param category Whose scores count; in the realm itself.
    /// @param subject Whose score.
    /// @param edge Which way it has to cross.
    /// @param threshold Points; at least one.
    /// @param margin Points of hysteresis: how far beyond the threshold the score must have been before.
    /// @param cooldown Seconds between two firings.
    /// @param expiry Second from which it can't fire any more.
    /// @param refundCap Wei that one firing may cost the agent at most; zero for no refunds.
    /// @param target What is called; a contract.
    /// @param data What it is called with.
    struct Terms {
        CategoryId category;
        Did subject;
        Edge edge;
        uint96 threshold;
        uint96 margin;
        uint32 cooldown;
        uint48 expiry;
        uint96 refundCap;
        address target;
        bytes data;
    }

    /// @notice A realm has its agent from now on.
    event AutomationAgentMade(address indexed realm, address agent);

    /// @notice A realm authorised an automation; fields as in {Terms}.
    event AutomationAuthorised(
        bytes32 indexed id,
        address indexed realm,
        Did indexed subject,
        CategoryId category,
        Edge edge,
        uint96 threshold,
        uint96 margin,
        uint32 cooldown,
        uint48 expiry,
        uint96 refundCap,
        address target,
        bytes data
    );

    /// @notice An automation fired.
    /// @param id The automation.
    /// @param caller Who made it happen.
    /// @param witness The epoch at whose start the score was on the other side.
    /// @param before The score then.
    /// @param score The score now.
    /// @param refund Wei paid to the caller.
    event AutomationFired(
        bytes32 indexed id,
        address indexed caller,
        uint32 witness,
        uint96 before,
        uint96 score,
        uint256 refund
    );

    /// @notice The realm stopped an automation.
    event AutomationStopped(bytes32 indexed id);

    /// @notice The realm took native currency back from its agent.
    event AutomationFundsWithdrawn(address indexed realm, address indexed to, uint256 amount);

    /// @notice The terms contradict themselves; `field` names what to correct.
    error ReputationAutomation_InvalidTerms(string field);

    /// @notice The same terms are in force already.
    error ReputationAutomation_AlreadyAuthorised(bytes32 id);

    /// @notice The realm has not authorised these terms, or has stopped them.
    error ReputationAutomation_NotAuthorised(bytes32 id);

    /// @notice Only the realm of an automation may stop it.
    error ReputationAutomation_NotTheRealm(bytes32 id, address caller);

    /// @notice It could fire before `expiry` only.
    error ReputationAutomation_Expired(bytes32 id, uint48 expiry);

    /// @notice It has just fired and can't again before `until`.
    error ReputationAutomation_CoolingDown(bytes32 id, uint256 until);

    /// @notice What was before `armedFrom` has been used, or crossed before it was authorised.
    error ReputationAutomation_StaleWitness(bytes32 id, uint32 witness, uint32 armedFrom);

    /// @notice Between the two scores lies no crossing of the threshold with its margin.
    error ReputationAutomation_NotCrossed(bytes32 id, uint96 before, uint96 score);

    /// @notice The code of the target is no longer what it was when the realm authorised the call.
    error ReputationAutomation_TargetChanged(bytes32 id, address target);

    /// @notice The agent holds less, or the recipient refused.
    error ReputationAutomation_WithdrawalFailed(address to, uint256 amount);

    /// @notice The scores that automations follow.
    function REPUTATION() external view returns (IReputation);

    /// @notice What agents are clones of.
    function AGENT_IMPLEMENTATION() external view returns (address);

    /// @notice Authorises an automation in the caller's realm, so for a cooperative by a vote of its members. Makes the
    /// realm's agent if there is none.
    /// @dev Reverts with `ReputationAutomation_InvalidTerms` or `ReputationAutomation_AlreadyAuthorised`. What was
    /// stopped may be authorised again, and begins anew.
    /// @return id The automation's, see {idOf}.
    function authorise(Terms calldata terms) external returns (bytes32 id);

    /// @notice Stops an automation of the caller's realm at once.
    /// @dev Reverts with `ReputationAutomation_NotTheRealm`.
    function stop(bytes32 id) external;

    /// @notice Fires an automation. Anybody may; the refund is what the gas cost at the transaction's price, at most the
    /// cap and what the agent holds, and the transaction's own gas is in the first refund of a transaction only. It is
    /// skipped if the caller can't receive it. Who makes the block names its price: take the cap for the cost of a firing.
    /// @dev Reverts with the errors above, with `Reputation_EpochNotStarted`, and with whatever the target reverts with:
    /// then the edge is not used up.
    /// @param realm Who authorised it.
    /// @param terms What was authorised.
    /// @param witness An epoch at whose start the score was on the other side of the threshold.
    /// @return refund Wei paid to the caller.
    function fire(address realm, Terms calldata terms, uint32 witness) external returns (uint256 refund);

    /// @notice Takes native currency back from the agent of the caller's realm.
    /// @dev Reverts with `ReputationAutomation_WithdrawalFailed`.
    function withdraw(address to, uint256 amount) external;

    /// @notice Id of terms in a realm: keccak256 of the ABI encoding of realm and terms.
    function idOf(address realm, Terms calldata terms) external pure returns (bytes32 id);

    /// @notice The account that makes a realm's automated calls. It has this address before it exists.
    function agentOf(address realm) external view returns (address agent);

    /// @notice An automation's state.
    /// @return realm Whose it is; zero if it is not authorised.
    /// @return armedFrom First epoch that can be a witness.
    /// @return firedAt Second of the last firing, zero if never.
    function stateOf(bytes32 id) external view returns (address realm, uint32 armedFrom, uint48 firedAt);
}
