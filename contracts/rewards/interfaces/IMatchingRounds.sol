// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMembership} from "../../membership/interfaces/IMembership.sol";
import {IPullPayments} from "./IPullPayments.sol";

/// @title Matching rounds
/// @notice Small proposals that members choose with their own money, and a pool of the cooperative multiplies: quadratic
/// funding. No administrator: a round belongs to the cooperative (by vote, its Treasury) that funded its pool.
///
/// ```
/// openRound        startsAt            endsAt            settlesAt
///     |   register    |    contribute    |   (look at it)    |   settle, refund, collect
///     +---------------+------------------+-------------------+--------------------------->
///     |     withdraw: the owner          |                   |
///     |     withdraw: the cooperative, by vote               |
/// ```
///
/// **Match.** A project to which members gave `c1, c2, …` is matched with `(sqrt(c1) + sqrt(c2) + …)^2 - (c1 + c2 + …)`
/// from the pool, and all projects with proportionally less if that is more than the pool: many small gifts count for
/// more than a large one. A member counts once a project, under their number, whichever accounts they had, and gives it
/// at most `cap`.
///
/// **Who.** Only members who had standing in the second before the round was opened and have it now register, one
/// project each, and contribute. Membership is all that keeps one person from giving as many: a cooperative that admits
/// lightly should not match.
///
/// **Nothing waits for anybody.** Times are fixed when the round is opened; from `settlesAt` on anybody settles projects,
/// each apart from the others. A project with fewer than `minContributors`, or that was withdrawn, is refunded, and what
/// of the pool nobody won is owed to the cooperative once the last project is settled.
interface IMatchingRounds is IPullPayments {
    /// @notice Where a project is.
    enum Status {
        None,
        Live,
        Withdrawn,
        Settled,
        Void
    }

    /// @notice What a cooperative opens.
    /// @param startsAt second from which members contribute, and until which projects register.
    /// @param endsAt second from which they do no more.
    /// @param settlesAt second from which projects are settled; until then the cooperative can withdraw them.
    /// @param minimum least amount of a contribution, not 0.
    /// @param cap most that a member gives to a project.
    /// @param minContributors members that a project needs, at least 1.
    /// @param maxProjects most projects at a time.
    /// @param description CID of what the round is for, 1 to 96 bytes.
    struct Terms {
        uint48 startsAt;
        uint48 endsAt;
        uint48 settlesAt;
        uint128 minimum;
        uint128 cap;
        uint32 minContributors;
        uint16 maxProjects;
        bytes description;
    }

    /// @notice A round as it stands.
    /// @param snapshot second in which members must have had standing.
    /// @param live projects that are neither withdrawn nor settled.
    /// @param projects how many registered; they are numbered from 1.
    /// @param closed whether the rest of the pool was returned.
    /// @param ideal sum of what the projects would be matched with from a pool without bounds.
    /// @param matched what settled projects were matched with.
    struct Round {
        // slot 0
        address cooperative;
        uint48 startsAt;
        uint48 endsAt;
        // slot 1
        address token;
        uint48 settlesAt;
        uint48 snapshot;
        // slot 2
        uint128 pool;
        uint128 matched;
        // slot 3
        uint128 minimum;
        uint128 cap;
        // slot 4
        uint32 minContributors;
        uint32 projects;
        uint16 maxProjects;
        uint16 live;
        bool closed;
        // slot 5
        uint256 ideal;
    }

    /// @notice A project as it stands.
    /// @param owner number of the member who registered it.
    /// @param contributors how many members contributed.
    /// @param contributed sum of what they gave.
    /// @param roots sum of the roots of what each gave, in 2^-16.
    struct Project {
        // slot 0
        address payee;
        uint32 owner;
        uint32 contributors;
        Status status;
        // slot 1
        uint128 contributed;
        uint128 roots;
    }

    /// @notice A cooperative opened a round, and has put its pool aside.
    event MatchingRoundOpened(
        uint256 indexed roundId,
        address indexed cooperative,
        address indexed token,
        uint256 pool,
        uint256 startsAt,
        uint256 endsAt,
        uint256 settlesAt,
        uint256 minimum,
        uint256 cap,
        uint256 minContributors,
        uint256 maxProjects,
        bytes description
    );
    /// @notice Member `owner` registered a project that is paid to `payee`.
    event ProjectRegistered(
        uint256 indexed roundId,
        uint256 indexed projectId,
        uint256 indexed owner,
        address payee,
        bytes cid
    );
    /// @notice A project takes no contributions any more; all are refunded.
    event ProjectWithdrawn(uint256 indexed roundId, uint256 indexed projectId, address by);
    /// @notice A member contributed `amount`, in all `total` to this project.
    event ContributionMade(
        uint256 indexed roundId,
        uint256 indexed projectId,
        uint256 indexed number,
        address account,
        uint256 amount,
        uint256 total
    );
    /// @notice Contributions and match are owed to the payee.
    event ProjectSettled(uint256 indexed roundId, uint256 indexed projectId, uint256 contributed, uint256 matched);
    /// @notice A project had too few contributors; all contributions are refunded.
    event ProjectVoided(uint256 indexed roundId, uint256 indexed projectId, uint256 contributors);
    /// @notice A contribution is owed to the account that its member has now.
    event ContributionRefunded(
        uint256 indexed roundId,
        uint256 indexed projectId,
        uint256 indexed number,
        address account,
        uint256 amount
    );
    /// @notice All projects are settled; what was left of the pool is owed to the cooperative.
    event MatchingRoundClosed(uint256 indexed roundId, uint256 returned);

    /// @notice A term is out of its bounds.
    error MatchingRounds_InvalidTerms(string term, uint256 value);
    /// @notice No such round was opened.
    error MatchingRounds_NoSuchRound(uint256 roundId);
    /// @notice Not at this second: possible from `from` until before `until`.
    error MatchingRounds_WrongTime(uint256 roundId, uint256 from, uint256 until);
    /// @notice The caller had no standing in the second before the round was opened, or has none now.
    error MatchingRounds_NotAMember(uint256 roundId, address caller);
    /// @notice The member has registered a project of this round already.
    error MatchingRounds_AlreadyRegistered(uint256 roundId, uint256 number, uint256 projectId);
    /// @notice There are as many projects as there may be.
    error MatchingRounds_NoPlaceLeft(uint256 roundId, uint256 maxProjects);
    /// @notice A project has a payee.
    error MatchingRounds_NoPayee();
    /// @notice A project is described by a CID of 1 to 96 bytes.
    error MatchingRounds_InvalidCid(bytes cid);
    /// @notice Not possible while the project is where it is.
    error MatchingRounds_WrongStatus(uint256 roundId, uint256 projectId, Status status);
    /// @notice Only the cooperative and the project's owner withdraw it.
    error MatchingRounds_NotTheOwner(uint256 roundId, uint256 projectId, address caller);
    /// @notice The contribution is below the round's minimum.
    error MatchingRounds_TooLittle(uint256 amount, uint256 minimum);
    /// @notice The member would have given the project more than the cap.
    error MatchingRounds_TooMuch(uint256 total, uint256 cap);

    /// @notice The book of all members.
    function MEMBERSHIP() external view returns (IMembership);

    /// @notice Opens a round with a pool of the caller's money. Caller: the cooperative, by vote.
    /// @param token of pool and contributions, approved for this contract; zero is native currency, sent along.
    /// @param pool in the token's smallest unit. Token and amount come first, where a rule that meters spending finds them.
    /// @param terms of the round.
    function openRound(address token, uint128 pool, Terms calldata terms) external payable returns (uint256 roundId);

    /// @notice Registers a project, until the round starts. Caller: a member, once a round.
    /// @param payee whom it is paid to.
    /// @param cid of its description, 1 to 96 bytes.
    function register(uint256 roundId, address payee, bytes calldata cid) external returns (uint256 projectId);

    /// @notice Withdraws a project: its owner until the round ends, the cooperative until it settles.
    function withdraw(uint256 roundId, uint256 projectId) external;

    /// @notice Contributes to a project. Caller: a member, while the round runs, as often as they like within the cap.
    /// @param amount in the token's smallest unit; approved, or native currency sent along.
    function contribute(uint256 roundId, uint256 projectId, uint128 amount) external payable;

    /// @notice Settles projects, and returns the rest of the pool when none is left. Anybody, from `settlesAt` on.
    /// @param projectIds live ones, as many as fit a transaction; none if the round has none.
    function settle(uint256 roundId, uint256[] calldata projectIds) external;

    /// @notice Gives contributions to a project that was withdrawn or is void back to their members. Anybody.
    /// @param numbers of the members; those with nothing to get back are passed over.
    function refund(uint256 roundId, uint256 projectId, uint256[] calldata numbers) external;

    /// @notice How many rounds there are; they are numbered from 1.
    function roundCount() external view returns (uint256 count);

    /// @notice A round; empty if there is none.
    function roundOf(uint256 roundId) external view returns (Round memory round);

    /// @notice A project; empty if there is none.
    function projectOf(uint256 roundId, uint256 projectId) external view returns (Project memory project);

    /// @notice Number of the project that a member registered, 0 if none.
    function projectBy(uint256 roundId, uint256 number) external view returns (uint256 projectId);

    /// @notice What a member gave to a project and has not got back.
    function contributionOf(uint256 roundId, uint256 projectId, uint256 number) external view returns (uint256 amount);

    /// @notice What a live project would be matched with if nothing more were contributed.
    function matchOf(uint256 roundId, uint256 projectId) external view returns (uint256 amount);
}
