// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";

import {IMembership} from "../../membership/interfaces/IMembership.sol";
import {IProxies} from "../../membership/interfaces/IProxies.sol";
import {IReputation} from "../../reputation/interfaces/IReputation.sol";
import {IOffices} from "./IOffices.sol";
import {IPolicyBook} from "./IPolicyBook.sol";

/// @title Governor of a cooperative
/// @notice OpenZeppelin's `IGovernor` with one member, one vote. Clients written for that interface work unchanged;
/// docs/compatibility.md lists where the meaning differs.
///
/// ```
///            votingDelay    votingPeriod (+ one late extension)   executionDelay     executionWindow
///  propose ------------> start --------------------------> end ------------------> eta ---------------> expiry
///  Pending                       Active                         Queued (or Defeated)   execute           Expired
/// ```
///
/// Nothing is stored between the vote and its execution: a proposal that passed is `Queued` from its deadline on,
/// `queue` only announces it, and anybody may execute it within its window.
///
/// Support is 0 against, 1 for, 2 abstain, 3 veto (counted as against, and on its own against the class's veto
/// fraction). A ballot may be changed until the end by the voter's own transaction, and once by a signature; every
/// change emits `VoteCast` again, and the last one counts. A ballot that changes nothing reverts. A ballot stays when
/// its member leaves.
///
/// Those members decide who had standing in the second before the proposal was made, and have it when they vote. In a
/// class with seasoning they also had it that much earlier. The electorate, of which quorum and veto are fractions,
/// is all who had standing in the second before, seasoned or not.
///
/// A holder of proxies (`IProxies`; the topic is the proposal's class) casts the ballots of its principals, once each and
/// only where there is none yet. The principal's own ballot replaces it, whenever it comes, and `hasVoted` is of own
/// ballots alone.
///
/// Once the treasury has another governor, whatever is pending, active or queued here is `Canceled`, and stays so
/// should this governor come back. Ballots are still taken, without effect.
///
/// **Sponsors.** A class may ask for sponsors: other members who sign for a proposal before it is made.
///
/// **Guardian.** Who holds the office `keccak256("guardian")` (`IOffices`) may cancel what is pending, active or queued,
/// with a published reason; the guardians of one election together three times. That delays, it does not decide: what has
/// the same actions, whatever its description, can't be cancelled again if it was proposed by 60 days after the
/// cancellation, nor can a proposal all of whose actions concern guardians. These are: any call to the contract of
/// offices, a new governor for the treasury, and notice, suspension or expulsion of a member who holds the office now.
///
/// **Weights.** A class may weigh ballots, for approval alone, by a category of reputation in the cooperative's realm:
/// the score at the start of the week (`IReputation`) before the proposal was made, along a curve, at least 1 and at
/// most a cap. It is the same until the end, whatever happens to the score. Quorum and veto are by heads.
///
/// Where `IGovernor` asks about policy without naming a proposal, the constitutional class answers. `proposalEta` is
/// known from the start on, whether or not the proposal passes. Ballots carry no parameters.
interface ICooperativeGovernor is IGovernor {
    /// @notice A signed ballot of a batch, without reason.
    /// @param signer who signs, as ERC-7913 writes it: 20 bytes of an account or a wallet, or a verifier and a key. The
    /// voter is the account of this signer, as `IDIDRegistry` derives it.
    /// @param support 0 against, 1 for, 2 abstain, 3 veto.
    /// @param isChange false: signed with nonce 0, the first ballot; true: with nonce 1, the single signed change.
    /// @param signature over `BALLOT_TYPEHASH`, in the signer's own form.
    struct SignedBallot {
        bytes signer;
        uint8 support;
        bool isChange;
        bytes signature;
    }

    /// @notice The word of a member, other than the proposer, that a proposal may be made. It is of no use to anybody else
    /// than the proposer, for no other proposal, and good for one chain, governor and use.
    /// @param signer who signs, as ERC-7913 writes it (see `SignedBallot`).
    /// @param deadline last second at which it is taken.
    /// @param signature over `Sponsorship(uint256 proposalId,address proposer,uint256 deadline)` (EIP-712, the governor's
    /// domain), in the signer's own form.
    struct Sponsorship {
        bytes signer;
        uint256 deadline;
        bytes signature;
    }

    /// @notice Why a ballot of a batch does not count.
    enum Refusal {
        None,
        NoBallotRight,
        InvalidSupport,
        AlreadyCast,
        InvalidSignature
    }

    /// @notice The policy a proposal is decided by, and the number of members who may decide.
    /// @param policyClass the highest class among its actions.
    /// @param policyVersion of the class's policy in the PolicyBook.
    /// @param electorate members with standing in the second before.
    event ProposalClassified(uint256 indexed proposalId, uint8 policyClass, uint256 policyVersion, uint256 electorate);
    /// @notice A ballot in the late window turned the outcome, and voting ends later.
    /// @param extendedDeadline last second of voting from now on.
    event ProposalExtended(uint256 indexed proposalId, uint64 extendedDeadline);

    /// @notice A holder of proxies cast these members' ballots. No `VoteCast` tells of them; one of a member's replaces theirs.
    /// @param members member numbers, none twice.
    event ProxiedBallotsCast(uint256 indexed proposalId, address indexed holder, uint8 support, uint256[] members);

    /// @notice What each of the ballots weighs that a holder of proxies has just cast, in a weighted class.
    event ProxiedBallotsWeighed(uint256 indexed proposalId, uint256[] members, uint256[] weights);

    /// @notice These members, in the order of their numbers, signed for a proposal.
    event ProposalSponsored(uint256 indexed proposalId, uint256[] members);

    /// @notice A guardian cancelled a proposal; `ProposalCanceled` follows.
    /// @param memberNumber the guardian.
    /// @param election by which it holds the office.
    event GuardianCancelled(uint256 indexed proposalId, uint256 indexed memberNumber, uint256 election, string reason);

    /// @notice A ballot of a batch was passed over. For `AlreadyCast` the member has voted in person, changed that ballot,
    /// or says the same again.
    event BallotRefused(uint256 indexed proposalId, address indexed voter, Refusal refusal);

    /// @notice The account is not a member in standing with the right to vote on this.
    error Governor_NoBallotRight(uint256 proposalId, address account);
    /// @notice Only members propose who had standing in the second before and have it now.
    error Governor_NotAMember(address account);
    /// @notice The execution delay has not passed.
    error Governor_TooEarly(uint256 proposalId, uint256 eta);
    /// @notice A proposal has at most this many actions.
    error Governor_TooManyActions(uint256 actions, uint256 maximum);
    /// @notice A word has no more room for this value.
    error Governor_OutOfRange(string field, uint256 value);

    /// @notice The account may cast no ballot of these principals, or there is one of each already.
    error Governor_NoProxiedBallot(uint256 proposalId, address holder);

    /// @notice The class asks for `needed` sponsors; `proposeWithSponsors` takes their signatures.
    error Governor_SponsorsMissing(uint256 given, uint256 needed);
    /// @notice This sponsorship is late, badly signed, of no member in standing, of the proposer, or out of the order of
    /// member numbers.
    error Governor_InvalidSponsor(uint256 index, address account);

    /// @notice The account is no member in standing, or does not hold the office of guardian now.
    error Governor_NotTheGuardian(address account);
    /// @notice A guardian gives a reason.
    error Governor_NoReason();
    /// @notice The guardians of this election have cancelled as often as they may.
    error Governor_CancellationsUsed(uint256 election, uint256 maximum);
    /// @notice All actions of the proposal concern guardians.
    error Governor_AboutGuardian(uint256 proposalId);
    /// @notice The same actions were cancelled before; what is proposed by `immuneUntil` can't be cancelled again.
    error Governor_Immune(uint256 proposalId, uint256 immuneUntil);

    /// @notice A wallet or verifier said no, but did not get `SIGNER_GAS`: with more it might say yes.
    error Governor_GasTooLow(uint256 available, uint256 needed);

    /// @notice EIP-712 type of a ballot, as OpenZeppelin's governor has it:
    /// `Ballot(uint256 proposalId,uint8 support,address voter,uint256 nonce)`.
    function BALLOT_TYPEHASH() external view returns (bytes32);

    /// @notice EIP-712 type of a ballot with a reason, as OpenZeppelin's governor has it:
    /// `ExtendedBallot(uint256 proposalId,uint8 support,address voter,uint256 nonce,string reason,bytes params)`.
    function EXTENDED_BALLOT_TYPEHASH() external view returns (bytes32);

    /// @notice Most actions in a proposal.
    function MAX_ACTIONS() external view returns (uint256);

    /// @notice Most gas that a wallet (ERC-1271) or a verifier of keys (ERC-7913) gets to check one signature.
    function SIGNER_GAS() external view returns (uint256);

    /// @notice As `propose`, with sponsors. If a cooperative has no more members than its class asks for sponsors, all
    /// but the proposer are enough.
    /// @dev Caller: a member. Reverts as `propose` does, and with `Governor_SponsorsMissing` or `Governor_InvalidSponsor`:
    /// every sponsorship given must be good, even where the class asks for fewer.
    /// @param sponsorships in the order of member numbers.
    function proposeWithSponsors(
        address[] calldata targets,
        uint256[] calldata values,
        bytes[] calldata calldatas,
        string calldata description,
        Sponsorship[] calldata sponsorships
    ) external returns (uint256 proposalId);

    /// @notice Cancels a proposal that is pending, active or queued.
    /// @dev Caller: a guardian. Reverts with `GovernorUnexpectedProposalState`, `Governor_NoReason`,
    /// `Governor_NotTheGuardian`, `Governor_CancellationsUsed`, `Governor_AboutGuardian` or `Governor_Immune`.
    /// @param reason why, for everybody to read; not empty.
    function cancelAsGuardian(
        address[] calldata targets,
        uint256[] calldata values,
        bytes[] calldata calldatas,
        bytes32 descriptionHash,
        string calldata reason
    ) external returns (uint256 proposalId);

    /// @notice Casts signed ballots of any mix of signers on one proposal. A ballot that does not count is passed over with
    /// `BallotRefused`, and spoils no other; one that does is announced by `VoteCast`. Ballots in the order of member
    /// numbers cost least: 64 share a word, read and written once. The late turn is judged for the batch as a whole.
    /// @dev Caller: anybody. Reverts with `GovernorUnexpectedProposalState`, or with `Governor_GasTooLow` as a whole.
    /// @return countedBallots how many counted.
    function castVotesBySig(
        uint256 proposalId,
        SignedBallot[] calldata ballots
    ) external returns (uint256 countedBallots);

    /// @notice Casts the ballots of members whose proxies the caller held in the second before the proposal was made and
    /// holds still, for the proposal's class. Whose ballot it may not cast, or who has one, is passed over and not among the
    /// event's. Principals in the order of their numbers cost least. The late turn is judged for all together.
    /// @dev Caller: a member with the right to vote on this. Reverts with `GovernorUnexpectedProposalState`,
    /// `GovernorInvalidVoteType`, or `Governor_NoProxiedBallot` if none counts.
    /// @param principals member numbers.
    /// @return countedBallots how many counted.
    function castProxied(
        uint256 proposalId,
        uint8 support,
        uint256[] calldata principals
    ) external returns (uint256 countedBallots);

    /// @notice The treasury that carries out what passes here.
    function treasury() external view returns (address payable);

    /// @notice The membership facade of the cooperative (OpenZeppelin clients ask for it under this name).
    function token() external view returns (address);

    /// @notice The book of all members.
    function membership() external view returns (IMembership);

    /// @notice The book of policies.
    function policyBook() external view returns (IPolicyBook);

    /// @notice Who may cast whose ballots.
    function proxies() external view returns (IProxies);

    /// @notice Who holds offices.
    function offices() external view returns (IOffices);

    /// @notice The book of reputation, by which ballots weigh in classes that say so.
    function reputation() external view returns (IReputation);

    /// @notice What the ballots so far weigh, in the order of OpenZeppelin's simple counting; vetoes are among `against`.
    /// In most classes each weighs 1.
    function proposalVotes(
        uint256 proposalId
    ) external view returns (uint256 againstVotes, uint256 forVotes, uint256 abstainVotes);

    /// @notice Number of ballots so far, of each support; quorum and veto are of these.
    function proposalBallots(
        uint256 proposalId
    ) external view returns (uint256 against, uint256 inFavour, uint256 abstain, uint256 veto);

    /// @notice Vetoes so far.
    function proposalVetoes(uint256 proposalId) external view returns (uint256 vetoes);

    /// @notice Number of members with standing in the second before the proposal was made.
    function proposalElectorate(uint256 proposalId) external view returns (uint256 members);

    /// @notice Version and packed word (see `PolicyLib`) of the policy that decides a proposal.
    function proposalPolicy(uint256 proposalId) external view returns (uint256 version, uint256 policy);

    /// @notice Raw ballot of a member: 0 none, 1-4 by proxy, 5-8 own, 9-12 own and changed; the support is
    /// `(value - 1) & 3`.
    function ballotOf(uint256 proposalId, uint256 memberNumber) external view returns (uint8 ballot);

    /// @notice Nonce to sign the account's next ballot with: 0 for the first, 1 for the single signed change, 2 if no
    /// signature is taken any more. A signed change may arrive first; the first ballot is refused then.
    function ballotNonce(uint256 proposalId, address account) external view returns (uint256 nonce);
}
