// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMembership} from "../../membership/interfaces/IMembership.sol";
import {CategoryId} from "../../reputation/types/CategoryId.sol";
import {Curve} from "../../reputation/types/Curve.sol";

/// @title Policies by effect
/// @notice Says how each kind of action of a cooperative has to be decided. A rule maps (target, selector) to a
/// class; a class has a policy; a proposal is decided by the policy of the highest class among its actions, so that
/// no wording and no bundling can lower the bar.
///
/// One contract serves every cooperative of a chain and has no administrator: a cooperative (its Treasury) writes
/// its own book as `msg.sender`. Policies are append-only versions; a proposal stores the version it was made under.
///
/// An action that no rule names is `CONSTITUTIONAL`. So is, whatever a rule says, every call to the cooperative's
/// Treasury, its governor, this book and the membership contract, except `admit`, `suspend`, `expel`,
/// `reinstate`, `giveNotice` and `withdrawNotice`; and every selector that could hide another action, hand on a power,
/// or give away what no amount measures (see `isWrapper`).
///
/// **Spending.** A rule may say which arguments of a call are a token and an amount. Such a rule is _metered_: what a
/// class spends counts, when the Treasury carries it out, against that class's limits there. An action that carries
/// value is constitutional unless its rule is metered; so is a call whose data has not the arguments that its rule
/// reads. Functions that are known to spend the target's own token, such as `transfer` and `approve` of ERC-20, get
/// metered rules only. A transfer of native currency, without any data, goes by the rule for the zero address and
/// the selector zero, to whomever it goes; between one and three bytes of data are always constitutional.
///
/// **Raising.** A proposal is put into a higher class by `raiseTo` among its actions: to spend beyond a limit, or because
/// a matter deserves it.
interface IPolicyBook {
    /// @notice How one class of actions is decided. Fractions are exact: `yes * den >= num * total`.
    /// @param approvalNumerator approval fraction of yes among yes, no and veto.
    /// @param approvalDenominator see `approvalNumerator`; never 0.
    /// @param strict approval must exceed the fraction (1/2 is "more than half") instead of reaching it.
    /// @param quorumNumerator quorum fraction of ballots (yes, no, abstain, veto) among the electorate.
    /// @param quorumDenominator see `quorumNumerator`; never 0.
    /// @param vetoNumerator fraction of the electorate whose vetoes defeat the proposal; 0 of 0: no veto.
    /// @param vetoDenominator see `vetoNumerator`.
    /// @param votingDelay seconds from proposal to the start of voting.
    /// @param votingPeriod seconds of voting; at least one.
    /// @param executionDelay seconds from the end of voting to the earliest execution.
    /// @param executionWindow seconds during which a passed proposal can be executed; at least one.
    /// @param seasoning seconds that a voter must have been a member before the proposal was made.
    /// @param lateWindow seconds at the end of voting in which a ballot that turns the outcome moves the end by as
    /// much, once; a multiple of `LATE_UNIT`.
    /// @param sponsors other members who must sign for a proposal before it is made; at most `MAX_SPONSORS`.
    /// @param category reputation in the cooperative's own realm by which ballots weigh for approval; 0: one each. Quorum
    /// and veto are by heads always.
    /// @param curve how a score is bent into a weight (see `Curve`).
    /// @param weightCap the most that a ballot weighs, and so the most members that one can outweigh; the least is 1. 0
    /// exactly without a category.
    struct Policy {
        uint8 approvalNumerator;
        uint8 approvalDenominator;
        bool strict;
        uint8 quorumNumerator;
        uint8 quorumDenominator;
        uint8 vetoNumerator;
        uint8 vetoDenominator;
        uint32 votingDelay;
        uint32 votingPeriod;
        uint32 executionDelay;
        uint32 executionWindow;
        uint32 seasoning;
        uint32 lateWindow;
        uint8 sponsors;
        CategoryId category;
        Curve curve;
        uint16 weightCap;
    }

    /// @notice How an action is decided, and what it spends. Arguments are words of 32 bytes, numbered from 1; within an
    /// array or a struct of variable length they are found by `inStruct` alone.
    /// @param policyClass class of the action.
    /// @param amountArgument number of the argument that is the amount; 0: the action spends nothing; `VALUE_ONLY`: it
    /// spends the native currency that it carries. Native currency counts in any metered rule.
    /// @param tokenArgument number of the argument that is the token, the zero address for native currency; 0: the
    /// token is the target.
    /// @param inStruct whether arguments are numbered within a struct of variable length (one with bytes, strings or
    /// arrays in it) that is the function's only argument.
    struct Rule {
        uint8 policyClass;
        uint8 amountArgument;
        uint8 tokenArgument;
        bool inStruct;
    }

    /// @notice A class is decided by a new policy from now on; `policy` is the packed word.
    event PolicySet(address indexed cooperative, uint8 indexed policyClass, uint256 indexed version, uint256 policy);
    /// @notice Ballots under this version weigh by a category of reputation; follows `PolicySet`.
    event WeightingSet(address indexed cooperative, uint256 indexed version, CategoryId category);
    /// @notice An action belongs to another class from now on.
    event RuleSet(
        address indexed cooperative,
        address indexed target,
        bytes4 indexed selector,
        uint8 policyClass,
        uint8 amountArgument,
        uint8 tokenArgument,
        bool inStruct
    );

    /// @notice The classes are 0 to `CONSTITUTIONAL`.
    error PolicyBook_UnknownClass(uint8 policyClass);
    /// @notice The policy contradicts itself; `field` names what to correct.
    error PolicyBook_InvalidPolicy(uint8 policyClass, string field);
    /// @notice A higher class would be easier to pass than a lower one; `field` names where.
    error PolicyBook_NotMonotone(uint8 lowerClass, uint8 higherClass, string field);
    /// @notice Ballots on these two classes weigh differently, so that one proposal can't be of both.
    error PolicyBook_MixedWeightings(uint8 lowerClass, uint8 higherClass);
    /// @notice The rule contradicts itself; `field` names what to correct.
    error PolicyBook_InvalidRule(address target, bytes4 selector, string field);
    /// @notice This function spends the target's own token, or native currency: below the constitutional class its rule
    /// has this `amountArgument`, and the others 0 and false.
    error PolicyBook_MustBeMetered(address target, bytes4 selector, uint8 amountArgument);
    /// @notice No rule can lower this action.
    error PolicyBook_Pinned(address target, bytes4 selector);
    /// @notice The class has no policy yet.
    error PolicyBook_NoPolicy(address cooperative, uint8 policyClass);
    /// @notice The cooperative has no policy under this version.
    error PolicyBook_UnknownVersion(address cooperative, uint256 version);

    /// @notice The highest class, and that of every action no rule names.
    function CONSTITUTIONAL() external view returns (uint8);

    /// @notice As `amountArgument` of a rule: what the action spends is the native currency that it carries.
    function VALUE_ONLY() external view returns (uint8);

    /// @notice Granularity of `lateWindow` in seconds.
    function LATE_UNIT() external view returns (uint32);

    /// @notice Most sponsors that a class asks for.
    function MAX_SPONSORS() external view returns (uint8);

    /// @notice The book of all members.
    function MEMBERSHIP() external view returns (IMembership);

    /// @notice Decides a class by a new policy. Caller: the cooperative, for itself.
    /// @dev Fractions, delays, periods and sponsors may not fall as the class rises, and no class weighs
    /// ballots above one that does not, or up to more than one below; `CONSTITUTIONAL` never does. The first class to be
    /// set must be `CONSTITUTIONAL`.
    function setPolicy(uint8 policyClass, Policy calldata policy) external returns (uint256 version);

    /// @notice Puts an action into a class, and says what it spends. Caller: the cooperative, for itself. A rule of the
    /// constitutional class takes a former one back.
    /// @param target who is called; with the selector zero, the zero address stands for transfers of native currency.
    function setRule(address target, bytes4 selector, Rule calldata rule) external;

    /// @notice Does nothing. A proposal with this action is of this class or a higher one.
    function raiseTo(uint8 policyClass) external pure;

    /// @notice Class, and current policy version and word, of a list of actions: the highest class among them.
    /// @dev Reverts with `PolicyBook_MixedWeightings` or `PolicyBook_NoPolicy`.
    function classify(
        address cooperative,
        address[] calldata targets,
        uint256[] calldata values,
        bytes[] calldata calldatas
    ) external view returns (uint8 policyClass, uint256 version, uint256 policy);

    /// @notice Class of one action of a cooperative.
    function classOf(
        address cooperative,
        address target,
        uint256 value,
        bytes calldata data
    ) external view returns (uint8 policyClass);

    /// @notice Class of one action of a cooperative, and what it spends beside the native currency it carries.
    /// @return policyClass see `classOf`.
    /// @return token the zero address if it spends no token.
    /// @return amount 0 if it spends no token.
    function spendingOf(
        address cooperative,
        address target,
        uint256 value,
        bytes calldata data
    ) external view returns (uint8 policyClass, address token, uint256 amount);

    /// @notice Whether calls with this selector can carry other calls, hand on a power, or give away what no amount
    /// measures, and so are constitutional wherever they go.
    function isWrapper(bytes4 selector) external pure returns (bool);

    /// @notice Packed policy of a version, and its class (see `PolicyLib` for the layout).
    function policyWord(address cooperative, uint256 version) external view returns (uint256 policy);

    /// @notice Category of reputation by which ballots weigh under a version, 0: one each.
    function categoryOf(address cooperative, uint256 version) external view returns (CategoryId category);

    /// @notice Policy of a version.
    function policyAt(address cooperative, uint256 version) external view returns (Policy memory policy);

    /// @notice Current version of a class, 0 if it has no policy.
    function currentVersion(address cooperative, uint8 policyClass) external view returns (uint256 version);
}
