// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMembership} from "../membership/interfaces/IMembership.sol";
import {PullPayments} from "./PullPayments.sol";
import {IMatchingRounds} from "./interfaces/IMatchingRounds.sol";
import {CidLib} from "./libraries/CidLib.sol";
import {MatchingLib} from "./libraries/MatchingLib.sol";

/// @title MatchingRounds
/// @notice See `IMatchingRounds`.
/// @dev Each contribution corrects the sum of all ideal matches, so that settling a project needs no other one.
contract MatchingRounds is IMatchingRounds, PullPayments {
    /// @inheritdoc IMatchingRounds
    IMembership public immutable MEMBERSHIP;

    mapping(uint256 roundId => Round round) private _rounds;
    mapping(uint256 roundId => mapping(uint256 projectId => Project project)) private _projects;

    /// @inheritdoc IMatchingRounds
    mapping(uint256 roundId => mapping(uint256 number => uint256 projectId)) public projectBy;

    mapping(uint256 roundId => mapping(uint256 projectId => mapping(uint256 number => uint128 amount)))
        private _contributions;

    /// @inheritdoc IMatchingRounds
    uint256 public roundCount;

    /// @param membership the book of all members.
    constructor(IMembership membership) {
        MEMBERSHIP = membership;
    }

    /// @inheritdoc IMatchingRounds
    function openRound(
        address token,
        uint128 pool,
        Terms calldata terms
    ) external payable nonReentrant returns (uint256 roundId) {
        _checkTerms(terms);
        roundId = ++roundCount;
        Round storage round = _rounds[roundId];
        round.cooperative = msg.sender;
        round.startsAt = terms.startsAt;
        round.endsAt = terms.endsAt;
        round.token = token;
        round.settlesAt = terms.settlesAt;
        // the second before, which has ended; earlier than `startsAt`, which has 48 bits
        round.snapshot = uint48(block.timestamp - 1);
        round.pool = pool;
        round.minimum = terms.minimum;
        round.cap = terms.cap;
        round.minContributors = terms.minContributors;
        round.maxProjects = terms.maxProjects;
        emit MatchingRoundOpened(
            roundId,
            msg.sender,
            token,
            pool,
            terms.startsAt,
            terms.endsAt,
            terms.settlesAt,
            terms.minimum,
            terms.cap,
            terms.minContributors,
            terms.maxProjects,
            terms.description
        );
        _hold(token, pool);
    }

    /// @inheritdoc IMatchingRounds
    function register(uint256 roundId, address payee, bytes calldata cid) external returns (uint256 projectId) {
        Round storage round = _rounds[roundId];
        _requireTime(roundId, 0, round.startsAt);
        uint256 number = _requireMember(roundId, round);
        projectId = projectBy[roundId][number];
        if (projectId != 0) revert MatchingRounds_AlreadyRegistered(roundId, number, projectId);
        if (round.live == round.maxProjects) revert MatchingRounds_NoPlaceLeft(roundId, round.maxProjects);
        if (payee == address(0)) revert MatchingRounds_NoPayee();
        if (!CidLib.isCid(cid)) revert MatchingRounds_InvalidCid(cid);
        ++round.live;
        projectId = ++round.projects;
        projectBy[roundId][number] = projectId;
        Project storage project = _projects[roundId][projectId];
        project.payee = payee;
        project.owner = uint32(number); // member numbers fit 32 bits
        project.status = Status.Live;
        emit ProjectRegistered(roundId, projectId, number, payee, cid);
    }

    /// @inheritdoc IMatchingRounds
    function withdraw(uint256 roundId, uint256 projectId) external {
        Round storage round = _rounds[roundId];
        Project storage project = _liveProject(roundId, projectId);
        bool isCooperative = msg.sender == round.cooperative;
        if (!isCooperative && msg.sender != MEMBERSHIP.accountOf(round.cooperative, project.owner))
            revert MatchingRounds_NotTheOwner(roundId, projectId, msg.sender);
        _requireTime(roundId, 0, isCooperative ? round.settlesAt : round.endsAt);
        project.status = Status.Withdrawn;
        --round.live;
        round.ideal -= _ideal(round, project);
        emit ProjectWithdrawn(roundId, projectId, msg.sender);
    }

    /// @inheritdoc IMatchingRounds
    function contribute(uint256 roundId, uint256 projectId, uint128 amount) external payable nonReentrant {
        Round storage round = _rounds[roundId];
        _requireTime(roundId, round.startsAt, round.endsAt);
        Project storage project = _liveProject(roundId, projectId);
        uint256 number = _requireMember(roundId, round);
        if (amount < round.minimum) revert MatchingRounds_TooLittle(amount, round.minimum);
        uint128 before = _contributions[roundId][projectId][number];
        uint256 total = uint256(before) + amount;
        if (total > round.cap) revert MatchingRounds_TooMuch(total, round.cap);

        // at most the cap, of 128 bits
        _contributions[roundId][projectId][number] = uint128(total);
        uint256 former = _ideal(round, project);
        if (before == 0) ++project.contributors;
        project.contributed += amount;
        // a root has 80 bits, and members are fewer than 2^32: the square of a sum of roots fits, too
        project.roots += uint128(MatchingLib.root(uint128(total)) - MatchingLib.root(before));
        round.ideal = round.ideal - former + _ideal(round, project);
        emit ContributionMade(roundId, projectId, number, msg.sender, amount, total);
        _hold(round.token, amount);
    }

    /// @inheritdoc IMatchingRounds
    function settle(uint256 roundId, uint256[] calldata projectIds) external {
        Round storage round = _rounds[roundId];
        // without this a round could be closed before it is opened
        if (roundId == 0 || roundId > roundCount) revert MatchingRounds_NoSuchRound(roundId);
        _requireTime(roundId, round.settlesAt, type(uint256).max);
        for (uint256 i; i < projectIds.length; ++i) _settle(roundId, round, projectIds[i]);
        if (round.live != 0 || round.closed) return;
        round.closed = true;
        // shares add up to at most the pool
        uint256 rest = round.pool - round.matched;
        emit MatchingRoundClosed(roundId, rest);
        _owe(round.token, round.cooperative, rest);
    }

    /// @inheritdoc IMatchingRounds
    function refund(uint256 roundId, uint256 projectId, uint256[] calldata numbers) external {
        Round storage round = _rounds[roundId];
        Status status = _projects[roundId][projectId].status;
        if (status != Status.Withdrawn && status != Status.Void)
            revert MatchingRounds_WrongStatus(roundId, projectId, status);
        for (uint256 i; i < numbers.length; ++i) {
            uint256 amount = _contributions[roundId][projectId][numbers[i]];
            if (amount == 0) continue;
            _contributions[roundId][projectId][numbers[i]] = 0;
            address account = MEMBERSHIP.accountOf(round.cooperative, numbers[i]);
            emit ContributionRefunded(roundId, projectId, numbers[i], account, amount);
            _owe(round.token, account, amount);
        }
    }

    /// @inheritdoc IMatchingRounds
    function roundOf(uint256 roundId) external view returns (Round memory round) {
        return _rounds[roundId];
    }

    /// @inheritdoc IMatchingRounds
    function projectOf(uint256 roundId, uint256 projectId) external view returns (Project memory project) {
        return _projects[roundId][projectId];
    }

    /// @inheritdoc IMatchingRounds
    function contributionOf(uint256 roundId, uint256 projectId, uint256 number) external view returns (uint256 amount) {
        return _contributions[roundId][projectId][number];
    }

    /// @inheritdoc IMatchingRounds
    function matchOf(uint256 roundId, uint256 projectId) external view returns (uint256 amount) {
        return _share(_rounds[roundId], _liveProject(roundId, projectId));
    }

    function _settle(uint256 roundId, Round storage round, uint256 projectId) private {
        Project storage project = _liveProject(roundId, projectId);
        --round.live;
        if (project.contributors < round.minContributors) {
            project.status = Status.Void;
            emit ProjectVoided(roundId, projectId, project.contributors);
            return;
        }
        project.status = Status.Settled;
        uint256 matched = _share(round, project);
        // shares add up to at most the pool, of 128 bits
        round.matched += uint128(matched);
        emit ProjectSettled(roundId, projectId, project.contributed, matched);
        _owe(round.token, project.payee, project.contributed + matched);
    }

    function _checkTerms(Terms calldata terms) private view {
        _check(terms.startsAt > block.timestamp, "startsAt", terms.startsAt);
        _check(terms.endsAt > terms.startsAt, "endsAt", terms.endsAt);
        _check(terms.settlesAt >= terms.endsAt, "settlesAt", terms.settlesAt);
        _check(terms.minimum != 0, "minimum", 0);
        _check(terms.cap >= terms.minimum, "cap", terms.cap);
        _check(terms.minContributors != 0, "minContributors", 0);
        _check(terms.maxProjects != 0, "maxProjects", 0);
        _check(CidLib.isCid(terms.description), "description", terms.description.length);
    }

    function _requireMember(uint256 roundId, Round storage round) private view returns (uint256 number) {
        number = MEMBERSHIP.ballotRight(round.cooperative, msg.sender, round.snapshot);
        if (number == 0) revert MatchingRounds_NotAMember(roundId, msg.sender);
    }

    /// @dev A round that does not exist has no time before its end, and no live project.
    function _requireTime(uint256 roundId, uint256 from, uint256 until) private view {
        if (block.timestamp < from || block.timestamp >= until) revert MatchingRounds_WrongTime(roundId, from, until);
    }

    function _liveProject(uint256 roundId, uint256 projectId) private view returns (Project storage project) {
        project = _projects[roundId][projectId];
        if (project.status != Status.Live) revert MatchingRounds_WrongStatus(roundId, projectId, project.status);
    }

    /// @dev Part of `round.ideal` as long as the project is not withdrawn.
    function _ideal(Round storage round, Project storage project) private view returns (uint256) {
        if (project.contributors < round.minContributors) return 0;
        return MatchingLib.ideal(project.roots, project.contributed);
    }

    function _share(Round storage round, Project storage project) private view returns (uint256) {
        return MatchingLib.share(_ideal(round, project), round.ideal, round.pool);
    }

    function _check(bool valid, string memory term, uint256 value) private pure {
        if (!valid) revert MatchingRounds_InvalidTerms(term, value);
    }
}
