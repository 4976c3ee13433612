// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {AutomationAgent} from "./AutomationAgent.sol";
import {IAutomationAgent} from "./interfaces/IAutomationAgent.sol";
import {IReputation} from "./interfaces/IReputation.sol";
import {IReputationAutomation} from "./interfaces/IReputationAutomation.sol";

/// @title ReputationAutomation
/// @notice See {IReputationAutomation}.
contract ReputationAutomation is IReputationAutomation, ReentrancyGuardTransient {
    /// @dev What is known of an automation; the terms come with every call.
    struct State {
        address realm; // slot 0, 160 bits: zero if not authorised
        uint32 armedFrom; // slot 0, 32 bits: epoch
        uint48 firedAt; // slot 0, 48 bits: Unix time
        bytes32 codeHash; // slot 1: of the target, when it was authorised
    }

    /// @dev Gas of a firing that can't be measured, rounded down so that nobody profits: the guard, the refund and the
    /// event.
    uint256 private constant FIRING_GAS = 12_000;
    /// @dev Gas of a transaction that fires: its base cost and the calldata of a short action.
    uint256 private constant TRANSACTION_GAS = 25_000;

    /// @inheritdoc IReputationAutomation
    IReputation public immutable REPUTATION;
    /// @inheritdoc IReputationAutomation
    address public immutable AGENT_IMPLEMENTATION;

    mapping(bytes32 id => State state) private _states;
    /// @dev Whether this transaction has had its own gas refunded.
    bool private transient _isTransactionRefunded;

    /// @param reputation The scores to follow.
    constructor(IReputation reputation) {
        REPUTATION = reputation;
        AGENT_IMPLEMENTATION = address(new AutomationAgent());
    }

    /// @inheritdoc IReputationAutomation
    function authorise(Terms calldata terms) external returns (bytes32 id) {
        _validate(terms);
        id = idOf(msg.sender, terms);
        if (_states[id].realm != address(0)) {
            // the same terms expire at the same time, and {_validate} has seen that they have not
            revert ReputationAutomation_AlreadyAuthorised(id);
        }
        uint32 epoch = REPUTATION.currentEpoch();
        // a score that is across already crossed before: this week's start is no witness of what comes
        bool isAcross = _isAcross(terms, REPUTATION.scoreOf(msg.sender, terms.category, terms.subject));
        _states[id] = State({
            realm: msg.sender,
            armedFrom: isAcross ? epoch + 1 : epoch,
            firedAt: 0,
            codeHash: terms.target.codehash
        });
        if (agentOf(msg.sender).code.length == 0) {
            emit AutomationAgentMade(msg.sender, Clones.cloneDeterministic(AGENT_IMPLEMENTATION, _saltOf(msg.sender)));
        }
        _announce(id, terms);
    }

    /// @inheritdoc IReputationAutomation
    function stop(bytes32 id) external {
        if (_states[id].realm != msg.sender) revert ReputationAutomation_NotTheRealm(id, msg.sender);
        delete _states[id];
        emit AutomationStopped(id);
    }

    /// @inheritdoc IReputationAutomation
    function fire(address realm, Terms calldata terms, uint32 witness) external nonReentrant returns (uint256 refund) {
        uint256 gasBefore = gasleft();
        bytes32 id = idOf(realm, terms);
        (uint96 before, uint96 score) = _requireEdge(id, realm, terms, witness);
        IAutomationAgent agent = IAutomationAgent(agentOf(realm));
        agent.perform(terms.target, terms.data);
        refund = _refund(agent, terms.refundCap, gasBefore - gasleft());
        emit AutomationFired(id, msg.sender, witness, before, score, refund);
    }

    /// @inheritdoc IReputationAutomation
    function withdraw(address to, uint256 amount) external {
        address agent = agentOf(msg.sender);
        if (agent.code.length == 0 || !IAutomationAgent(agent).pay(to, amount)) {
            revert ReputationAutomation_WithdrawalFailed(to, amount);
        }
        emit AutomationFundsWithdrawn(msg.sender, to, amount);
    }

    /// @inheritdoc IReputationAutomation
    function stateOf(bytes32 id) external view returns (address realm, uint32 armedFrom, uint48 firedAt) {
        State memory state = _states[id];
        return (state.realm, state.armedFrom, state.firedAt);
    }

    /// @inheritdoc IReputationAutomation
    function agentOf(address realm) public view returns (address agent) {
        return Clones.predictDeterministicAddress(AGENT_IMPLEMENTATION, _saltOf(realm));
    }

    /// @inheritdoc IReputationAutomation
    function idOf(address realm, Terms calldata terms) public pure returns (bytes32 id) {
        return keccak256(abi.encode(realm, terms));
    }

    /// @dev Uses an edge up, or reverts.
    function _requireEdge(
        bytes32 id,
        address realm,
        Terms calldata terms,
        uint32 witness
    ) private returns (uint96 before, uint96 score) {
        State storage state = _states[id];
        if (state.realm == address(0)) revert ReputationAutomation_NotAuthorised(id);
        if (terms.target.codehash != state.codeHash) revert ReputationAutomation_TargetChanged(id, terms.target);
        if (block.timestamp >= terms.expiry) revert ReputationAutomation_Expired(id, terms.expiry);
        uint256 firedAt = state.firedAt;
        if (firedAt != 0 && block.timestamp < firedAt + terms.cooldown) {
            revert ReputationAutomation_CoolingDown(id, firedAt + terms.cooldown);
        }
        if (witness < state.armedFrom) revert ReputationAutomation_StaleWitness(id, witness, state.armedFrom);
        before = REPUTATION.scoreAtEpoch(realm, terms.category, terms.subject, witness);
        score = REPUTATION.scoreOf(realm, terms.category, terms.subject);
        if (!_isCrossed(terms, before, score)) revert ReputationAutomation_NotCrossed(id, before, score);
        state.armedFrom = REPUTATION.currentEpoch() + 1;
        // before `expiry`, which fits
        state.firedAt = uint48(block.timestamp);
    }

    /// @dev Pays the caller for `spent` gas and what could not be measured.
    function _refund(IAutomationAgent agent, uint256 cap, uint256 spent) private returns (uint256 refund) {
        spent += _isTransactionRefunded ? FIRING_GAS : FIRING_GAS + TRANSACTION_GAS;
        refund = Math.min(Math.min(spent * tx.gasprice, cap), address(agent).balance);
        if (refund == 0 || !agent.pay(msg.sender, refund)) return 0;
        _isTransactionRefunded = true;
    }

    function _announce(bytes32 id, Terms calldata terms) private {
        emit AutomationAuthorised(
            id,
            msg.sender,
            terms.subject,
            terms.category,
            terms.edge,
            terms.threshold,
            terms.margin,
            terms.cooldown,
            terms.expiry,
            terms.refundCap,
            terms.target,
            terms.data
        );
    }

    function _validate(Terms calldata terms) private view {
        if (REPUTATION.categoryOf(terms.category) == 0) revert ReputationAutomation_InvalidTerms("category");
        if (terms.threshold == 0) revert ReputationAutomation_InvalidTerms("threshold");
        // else no score could ever be that far on the other side
        uint256 reach = terms.edge == Edge.Rise ? terms.threshold - 1 : type(uint96).max - terms.threshold;
        if (terms.margin > reach) revert ReputationAutomation_InvalidTerms("margin");
        if (terms.expiry <= block.timestamp) revert ReputationAutomation_InvalidTerms("expiry");
        if (terms.target.code.length == 0) revert ReputationAutomation_InvalidTerms("target");
    }

    function _isCrossed(Terms calldata terms, uint256 before, uint256 score) private pure returns (bool crossed) {
        if (!_isAcross(terms, score)) return false;
        uint256 threshold = terms.threshold;
        uint256 margin = terms.margin;
        return terms.edge == Edge.Rise ? before + margin < threshold : before >= threshold + margin;
    }

    /// @dev Whether a score is where the edge leads to.
    function _isAcross(Terms calldata terms, uint256 score) private pure returns (bool across) {
        return (score >= terms.threshold) == (terms.edge == Edge.Rise);
    }

    function _saltOf(address realm) private pure returns (bytes32 salt) {
        return bytes32(uint256(uint160(realm)));
    }
}
