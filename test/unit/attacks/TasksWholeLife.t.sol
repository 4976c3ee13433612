// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningAnswers} from "../../../contracts/learning/interfaces/ILearningAnswers.sol";
import {ILearningAppeals} from "../../../contracts/learning/interfaces/ILearningAppeals.sol";
import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {TaskId} from "../../../contracts/learning/types/TaskId.sol";
import {Vm} from "../Vm.sol";
import {AppealsFixture} from "../learning/AppealsFixture.sol";

/// @dev Whole tasks in which everybody does at random what they should, something else, or nothing: copies and strikes, late
/// and missing seeds, void panels, several appeals at once, demands, deletions, void rounds. Whatever they do, every round
/// ends, the task closes, every stake and bond comes free, and money in is money out.
contract TasksWholeLifeTest is AppealsFixture {
    uint256 private constant ALWAYS = 100;
    address private constant DEMANDER = address(0xDE4A4D);

    /// @dev A demand that was made.
    struct Made {
        uint256 round;
        uint256 kind;
    }

    uint256 private _random;
    uint256 private _clients;
    uint256 private _silence; // percent
    uint256 private _bad; // percent of wrong answers
    bool private _honest; // whether aggregator 0 always gives the right answer
    uint256 private _staked; // all that was ever deposited

    mapping(uint256 client => uint256 other) private _copies; // plus one
    mapping(uint256 index => mapping(address auditor => bool revealed)) private _hasReviewed; // of cases
    ILearningAppeals.AppealedPanel[] private _cases;
    Made[] private _made;
    uint256 private _begun; // cases that were drawn or given up
    mapping(uint256 aggregator => uint256 kind) private _saidBy; // plus one, of the running round

    function _r(uint256 n) private returns (uint256) {
        _random = uint256(keccak256(abi.encode(_random)));
        return (_random >> 64) % n;
    }

    function _chance(uint256 percent) private returns (bool) {
        return _r(ALWAYS) < percent;
    }

    // ----------------------------------------------------------------------------------------------------------- tasks

    function _randomTerms() private returns (ILearningTasks.TaskTerms memory terms) {
        terms = _terms();
        terms.aggregation.parameters = 1;
        terms.periodRounds = uint16(1 + _r(2));
        terms.rounds = uint16(terms.periodRounds * (1 + _r(3)));
        terms.retries = uint16(_r(3));
        terms.minClients = uint24(1 + _r(3));
        terms.panelCells = uint8(1 + _r(2));
        terms.panelSeats = _chance(70) ? 3 : 5;
        terms.minAuditors = terms.panelSeats + 1;
        terms.maxAuditors = 40;
        terms.epsilon = uint16(_r(3) * 20);
        terms.exclusionScore = uint16(_r(300));
        terms.minimumScore = uint32(1 + _r(3) * 50_000);
        if (_chance(15)) terms.auditorShare = 0;
        if (_chance(10)) (terms.auditorShare, terms.aggregatorShare, terms.treasuryShare) = (5000, 3000, 2000);
        if (_chance(25)) terms.schedule.appeal = 0;
        terms.auditorStake = 3 * STAKE;
        terms.missPenalty = uint96(STAKE * (1 + _r(2)) + _r(5));
        terms.aggregatorStake = uint96(1 + _r(2 * STAKE));
        terms.aggregators = uint8(1 + _r(5));
        terms.aggregatorQuorum = terms.aggregators / 2 + 1;
    }

    function _openRandom() private {
        ILearningTasks.TaskTerms memory terms = _randomTerms();
        task = _open(terms);
        _clients = 1 + _r(30);
        _silence = _r(4) * 10;
        _bad = _r(5) * 15;
        _honest = _chance(50);
        uint256 auditors = terms.panelSeats + 1 + _r(24);
        uint256 aggregators = _chance(70) ? terms.aggregators : 1;
        for (uint256 i; i < auditors; ++i) _join(_auditor(i), ILearningTasks.Role.Auditor);
        for (uint256 i; i < aggregators; ++i) _join(_aggregator(i), ILearningTasks.Role.Aggregator);
        for (uint256 i; i < _clients; ++i) _admit(_client(i));
        _staked = auditors * terms.auditorStake + aggregators * terms.aggregatorStake;
    }

    function _play(uint256 seed) private {
        _random = seed;
        _openRandom();
        for (uint256 i; !_closed(); ++i) {
            // rounds and retries are few
            assertTrue(i < 12, "a task that does not end");
            uint256 round = _round();
            _playRound();
            assertTrue(_closed() || _round() == round + 1, "a round that does not end");
        }
        _afterwards();
        _settleAccounts();
    }

    function _closed() private view returns (bool) {
        return tasks.phaseOf(task) == ILearningTasks.Phase.Closed;
    }

    function _at(uint256 time) private {
        if (time > block.timestamp) vm.warp(time);
    }

    // ---------------------------------------------------------------------------------------------------------- rounds

    function _playRound() private {
        uint256 from = tasks.roundState(task).startedAt;
        _at(from);
        _commitReviews(from);
        _commitClients();
        _at(from + 80);
        _revealReviews();
        _at(from + 101);
        _revealClients();
        _at(from + 151);
        _settleReviews();
        _at(from + 189);
        _strike();
        _at(from + 190);
        if (_chance(50) && _tryFinish()) return;
        _at(from + 230);
        _endReviews();
        if (_chance(80)) _tryDraw(from);
        _strike();
        _commitAuditors();
        _at(from + 275);
        if (_chance(50)) _tryDraw(from);
        _revealAuditors();
        _at(from + 341);
        if (_chance(50)) _tryDraw(from);
        _settleRandom();
        if (_chance(30) && _tryFinish()) return;
        _at(from + 405);
        _commitAnswers();
        _at(from + 465);
        _revealAnswers();
        _at(from + 515);
        _challenge();
        _at(tasks.phaseStart(task, ILearningTasks.Phase.Finishing));
        _appealRandom(10);
        tasks.finishRound(task, _leading());
    }

    function _tryFinish() private returns (bool finished) {
        uint256 round = _round();
        // solhint-disable-next-line no-empty-blocks
        try tasks.finishRound(task, _leading()) {} catch {}
        return _closed() || _round() != round;
    }

    // --------------------------------------------------------------------------------------------------------- clients

    function _opening(uint256 i) private view returns (ILearningTasks.UpdateOpening memory opening) {
        opening = _update(_client(i));
        if (_copies[i] != 0) opening.root = _update(_client(_copies[i] - 1)).root;
    }

    function _commitClients() private {
        for (uint256 i; i < _clients; ++i) {
            if (_chance(_silence)) continue;
            _copies[i] = _chance(10) ? 1 + _r(_clients) : 0;
            bytes32 commitment = tasks.updateCommitment(task, _round(), _client(i), _opening(i));
            vm.prank(_client(i));
            // solhint-disable-next-line no-empty-blocks
            try tasks.commitUpdate(task, commitment) {} catch {}
        }
    }

    function _revealClients() private {
        for (uint256 i; i < _clients; ++i) {
            if (_chance(_silence / 2)) continue;
            // solhint-disable-next-line no-empty-blocks
            try tasks.revealUpdate(task, _client(i), _opening(i)) {} catch {}
        }
    }

    function _strike() private {
        for (uint256 i; i < _clients; ++i) {
            if (_copies[i] == 0 || _chance(50)) continue;
            uint256 other = _copies[i] - 1;
            // solhint-disable-next-line no-empty-blocks
            try tasks.strikeCopy(task, _client(other), _opening(other), _client(i), _opening(i)) {} catch {}
        }
    }

    // -------------------------------------------------------------------------------------------------------- auditors

    function _tryDraw(uint256 from) private {
        beacon.set(uint48(from + 190), keccak256(abi.encode(BEACON, from)));
        // solhint-disable-next-line no-empty-blocks
        try tasks.drawSeed(task) {} catch {}
    }

    function _lengthNow() private view returns (uint256) {
        ILearningTasks.RoundState memory state = tasks.roundState(task);
        ILearningTasks.TaskTerms memory terms = tasks.termsOf(task);
        uint256 cells = (state.clients + 7) / 8;
        uint256 panels = (cells + terms.panelCells - 1) / terms.panelCells;
        if (panels > state.auditors / terms.panelSeats) panels = state.auditors / terms.panelSeats;
        if (panels == 0) panels = 1;
        return (((cells + panels - 1) / panels + 1) / 2) * 32;
    }

    /// @dev What an auditor says under a key: mostly what all say.
    function _vectorOf(bytes32 key, address auditor, uint256 length) private pure returns (bytes memory vector) {
        vector = new bytes(length);
        uint256 own = uint256(keccak256(abi.encode(key, auditor)));
        bool liar = own % 5 == 0;
        for (uint256 i; i < length; i += 2) {
            uint256 all = uint256(keccak256(abi.encode(key, i)));
            uint256 mine = uint256(keccak256(abi.encode(own, i)));
            uint256 said = _scoreFrom(liar || mine % 8 == 0 ? mine >> 8 : all);
            if (!liar && said > 20 && said < 65_500) said += (mine >> 32) % 7;
            (vector[i], vector[i + 1]) = (bytes1(uint8(said >> 8)), bytes1(uint8(said)));
        }
    }

    function _scoreFrom(uint256 x) private pure returns (uint256 biased) {
        uint256 which = x % 10;
        if (which == 0) return 0;
        if (which == 1) return 1;
        if (which == 2) return 65_535;
        if (which == 3) return 32_768;
        // from -1000 to 2999
        return 31_768 + ((x >> 16) % 4000);
    }

    function _openingOf(address auditor) private view returns (ILearningTasks.ScoresOpening memory) {
        bytes32 key = keccak256(abi.encode("scores", _round()));
        return ILearningTasks.ScoresOpening(auditor, SALT, _vectorOf(key, auditor, _lengthNow()));
    }

    function _commitAuditors() private {
        uint256 auditors = tasks.roundState(task).auditors;
        for (uint256 i; i < auditors; ++i) {
            if (_chance(_silence / 3)) continue;
            bytes32 commitment = tasks.scoresCommitment(task, _round(), _openingOf(_auditor(i)));
            vm.prank(_auditor(i));
            // solhint-disable-next-line no-empty-blocks
            try tasks.commitScores(task, commitment) {} catch {}
        }
    }

    function _revealAuditors() private {
        uint256 auditors = tasks.roundState(task).auditors;
        for (uint256 i; i < auditors; ++i) {
            if (_chance(_silence / 4)) continue;
            // solhint-disable-next-line no-empty-blocks
            try tasks.revealScores(task, _openingOf(_auditor(i))) {} catch {}
        }
    }

    function _packed(uint256 panel) private view returns (bytes memory packed) {
        address[] memory seats = _seatsOf(panel);
        for (uint256 i; i < seats.length; ++i) {
            packed = abi.encodePacked(packed, seats[i]);
            ILearningTasks.ParticipantState memory state = tasks.participantOf(task, seats[i]);
            if (state.revealed && state.round == _round())
                packed = abi.encodePacked(packed, SALT, _openingOf(seats[i]).scores);
        }
    }

    function _drawn() private view returns (bool) {
        return tasks.panelState(task).round == _round();
    }

    function _settleRandom() private {
        if (!_drawn()) return;
        uint256 panels = tasks.panelState(task).panels;
        for (uint256 p; p < panels; ++p) {
            if (_chance(8)) continue;
            tasks.settlePanel(task, p, _packed(p));
        }
        _appealRandom(60);
    }

    // --------------------------------------------------------------------------------------------------------- appeals

    function _appealRandom(uint256 percent) private {
        if (!_drawn() || tasks.termsOf(task).schedule.appeal == 0) return;
        ILearningTasks.PanelState memory state = tasks.panelState(task);
        for (uint256 p; p < state.panels; ++p) {
            if ((state.scoredSet >> p) & 1 == 0 || !_chance(percent)) continue;
            address appellant = address(uint160(0x500000 + _cases.length));
            uint256 bond = _bond();
            _deposit(appellant, uint128(bond));
            _staked += bond;
            bytes memory packed = _packed(p);
            vm.recordLogs();
            vm.prank(appellant);
            try tasks.appealPanel(task, p, packed) {
                _note(vm.getRecordedLogs(), p);
            } catch {}
        }
    }

    function _note(Vm.Log[] memory logs, uint256 panel) private {
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].topics[0] != ILearningAppeals.PanelAppealed.selector) continue;
            ILearningAppeals.AppealedPanel storage told = _cases.push();
            (, , told.period, told.updates, told.cells, told.revealed, told.silent) = abi.decode(
                logs[i].data,
                (address, uint256, uint256, uint256, bytes, address[], address[])
            );
            (told.round, told.number) = (_round(), panel);
            for (uint256 j; j < told.revealed.length; ++j)
                told.vectors = bytes.concat(told.vectors, _openingOf(told.revealed[j]).scores);
        }
    }

    function _reviewOf(
        ILearningAppeals.AppealedPanel memory told,
        address auditor
    ) private pure returns (ILearningTasks.ScoresOpening memory) {
        uint256 length = told.vectors.length / told.revealed.length;
        // some fresh panels judge as the old ones, by what all said there
        uint256 kind = uint256(keccak256(abi.encode(told.round, told.number))) % 2;
        bytes32 key = keccak256(kind == 0 ? abi.encode("scores", told.round) : abi.encode("fresh", told.round));
        return ILearningTasks.ScoresOpening(auditor, SALT, _vectorOf(key, auditor, length));
    }

    /// @dev Appeals of the round that has just been finished.
    function _commitReviews(uint256 from) private {
        for (uint256 k = _begun; k < _cases.length; ++k) {
            if (_chance(10)) continue;
            if (_chance(20)) _at(from + 45);
            beacon.set(uint48(from), keccak256(abi.encode("fresh", from)));
            tasks.drawAppeal(task, _cases[k].round, _cases[k].number);
            address[] memory fresh = _freshOf(_cases[k]);
            for (uint256 i; i < fresh.length; ++i) if (!_chance(_silence / 2)) _commitReviewOf(k, fresh[i]);
        }
    }

    function _commitReviewOf(uint256 k, address auditor) private {
        ILearningAppeals.AppealedPanel memory told = _cases[k];
        bytes32 commitment = tasks.reviewCommitment(task, told.round, told.number, _reviewOf(told, auditor));
        vm.prank(auditor);
        // solhint-disable-next-line no-empty-blocks
        try tasks.commitReview(task, told.round, told.number, commitment) {} catch {}
    }

    function _revealReviews() private {
        for (uint256 k = _begun; k < _cases.length; ++k) {
            ILearningAppeals.AppealedPanel memory told = _cases[k];
            if (tasks.appealOf(task, told.round, told.number).startedAt == 0) continue;
            address[] memory fresh = _freshOf(told);
            for (uint256 i; i < fresh.length; ++i) {
                if (_chance(_silence / 4)) continue;
                // solhint-disable-next-line no-empty-blocks
                try tasks.revealReview(task, told.round, told.number, _reviewOf(told, fresh[i])) {
                    _hasReviewed[k][fresh[i]] = true;
                } catch {}
            }
        }
    }

    function _settleReviews() private {
        for (uint256 k = _begun; k < _cases.length; ++k) {
            ILearningAppeals.AppealedPanel memory told = _cases[k];
            if (tasks.appealOf(task, told.round, told.number).startedAt == 0 || _chance(10)) continue;
            address[] memory fresh = _freshOf(told);
            bytes memory packed;
            for (uint256 i; i < fresh.length; ++i) {
                packed = abi.encodePacked(packed, fresh[i]);
                if (_hasReviewed[k][fresh[i]])
                    packed = abi.encodePacked(packed, SALT, _reviewOf(told, fresh[i]).scores);
            }
            tasks.settleAppeal(task, told, packed);
        }
    }

    /// @dev Those that nobody settled.
    function _endReviews() private {
        for (; _begun < _cases.length; ++_begun) {
            ILearningAppeals.AppealedPanel memory told = _cases[_begun];
            if (tasks.appealOf(task, told.round, told.number).appellant == address(0)) continue;
            tasks.endAppeal(task, told.round, told.number);
        }
    }

    // --------------------------------------------------------------------------------------------------------- answers

    function _answerOf(uint256 kind, uint256 round) private pure returns (ILearningTasks.Answer memory answer) {
        bytes32 known = keccak256(abi.encode("leaf", round));
        answer.modelRoot = kind == 0 ? keccak256(abi.encode(known, 1)) : keccak256(abi.encode("bad", kind));
        answer.model = ILearningTasks.Content(0x55, keccak256("next model"));
        answer.nodesRoot = keccak256("nodes");
    }

    function _digestOf(ILearningTasks.Answer memory answer) private pure returns (bytes32) {
        return keccak256(abi.encode(answer.modelRoot, answer.model.codec, answer.model.digest, answer.nodesRoot));
    }

    function _leading() private view returns (ILearningTasks.Answer memory) {
        (bytes32 digest, ) = tasks.leadingAnswer(task);
        for (uint256 kind; kind < 6; ++kind)
            if (_digestOf(_answerOf(kind, _round())) == digest) return _answerOf(kind, _round());
        return _answerOf(0, _round());
    }

    function _commitAnswers() private {
        uint256 seats = tasks.roundState(task).aggregators;
        for (uint256 i; i < seats; ++i) {
            _saidBy[i] = 0;
            bool honest = i == 0 && _honest;
            if (!honest && _chance(_silence / 2)) continue;
            uint256 kind = !honest && _chance(_bad) ? 1 + _r(5) : 0;
            bytes32 digest = tasks.answerCommitment(task, _round(), _aggregator(i), _answerOf(kind, _round()), SALT);
            vm.prank(_aggregator(i));
            try tasks.commitAnswer(task, digest) {
                _saidBy[i] = kind + 1;
            } catch {}
        }
    }

    function _revealAnswers() private {
        uint256 seats = tasks.roundState(task).aggregators;
        for (uint256 i; i < seats; ++i) {
            if (_saidBy[i] == 0) continue;
            if (!(i == 0 && _honest) && _chance(_silence / 4)) _saidBy[i] = 0;
            else tasks.revealAnswer(task, _aggregator(i), _answerOf(_saidBy[i] - 1, _round()), SALT);
        }
    }

    function _challenge() private {
        uint256 seats = tasks.roundState(task).aggregators;
        for (uint256 n; n < 6; ++n) {
            if (tasks.phaseOf(task) != ILearningTasks.Phase.Challenge) return;
            uint256 seat = _r(seats);
            if (_saidBy[seat] == 0 || _chance(30)) continue;
            _demand(seat, _saidBy[seat] - 1);
        }
    }

    function _partOf(uint256 kind, uint256 round) private pure returns (ILearningAnswers.Part memory) {
        return ILearningAnswers.Part(ILearningAnswers.Kind.Tensor, 1, _answerOf(kind, round).modelRoot);
    }

    function _demand(uint256 seat, uint256 kind) private {
        uint256 round = _round();
        ILearningTasks.Answer memory answer = _answerOf(kind, round);
        uint256 bond = (uint256(tasks.termsOf(task).aggregatorStake) + 31) / 32;
        address demander = _chance(70) ? DEMANDER : _aggregator(seat);
        _deposit(demander, uint128(bond));
        _staked += bond;
        vm.prank(demander);
        try tasks.demandModelHashes(task, seat, answer, 0, answer.modelRoot, new bytes32[](0)) {
            _made.push(Made(round, kind));
        } catch {
            return;
        }
        (, uint256 deadline) = tasks.demandOf(task, round, answer, _partOf(kind, round));
        if (kind == 0) {
            if (_chance(50)) _at(deadline);
            tasks.openPart(task, answer, _partOf(0, round), abi.encode(keccak256(abi.encode("leaf", round))));
        } else if (_chance(80)) {
            _at(deadline + 1);
            assertEq(uint256(tasks.phaseOf(task)), uint256(ILearningTasks.Phase.Challenge));
            tasks.endDemand(task, round, answer, _partOf(kind, round));
        }
    }

    // ------------------------------------------------------------------------------------------------------------- end

    function _afterwards() private {
        uint256 from = tasks.roundState(task).startedAt;
        _commitReviews(from);
        _at(from + 80);
        _revealReviews();
        _at(from + 151);
        _settleReviews();
        _at(from + 216);
        _endReviews();
        for (uint256 i; i < _made.length; ++i) {
            (uint256 round, uint256 kind) = (_made[i].round, _made[i].kind);
            (address demander, ) = tasks.demandOf(task, round, _answerOf(kind, round), _partOf(kind, round));
            if (demander == address(0)) continue;
            tasks.endDemand(task, round, _answerOf(kind, round), _partOf(kind, round));
        }
    }

    function _settleAccounts() private {
        ILearningTasks.RoundState memory state = tasks.roundState(task);
        if (_honest) {
            (, uint256 stake) = tasks.seatAt(task, ILearningTasks.Role.Aggregator, 0);
            assertEq(stake, tasks.termsOf(task).aggregatorStake);
        }
        uint256 held =
            vault.collectable(address(token), SLASHED_TO) +
                _free(DEMANDER) +
                vault.collectable(address(token), DEMANDER);
        assertEq(_locked(DEMANDER), 0);
        for (uint256 i; i < state.auditors; ++i) held += _release(_auditor(i), ILearningTasks.Role.Auditor, i);
        for (uint256 i; i < state.aggregators; ++i) held += _release(_aggregator(i), ILearningTasks.Role.Aggregator, i);
        for (uint256 k; k < _cases.length + 40; ++k) {
            address appellant = address(uint160(0x500000 + k));
            held += _free(appellant) + _collectable(appellant);
            assertEq(_locked(appellant), 0);
        }
        assertEq(held, token.balanceOf(address(vault)));
        assertEq(held, vault.totalHeld(address(token)));
        assertEq(held, _staked);
        _payAll(state);
    }

    function _release(address account, ILearningTasks.Role role, uint256 id) private returns (uint256 held) {
        (, uint256 stake) = tasks.seatAt(task, role, id);
        assertEq(stake, _locked(account));
        if (stake != 0) tasks.releaseStake(task, account);
        assertEq(_locked(account), 0);
        return _free(account) + _collectable(account);
    }

    function _payAll(ILearningTasks.RoundState memory state) private {
        ILearningTasks.TaskTerms memory terms = tasks.termsOf(task);
        uint256 periods = (state.settled + terms.periodRounds - 1) / terms.periodRounds;
        uint256 paid;
        for (uint256 p; p < periods; ++p) {
            uint256 sum;
            for (uint256 i; i < _clients; ++i) {
                if (tasks.participantOf(task, _client(i)).role == ILearningTasks.Role.Client)
                    sum += _claim(_client(i), 1 << p);
            }
            (uint256 pool, uint256 positive, uint256 divisor, ) = tasks.periodOf(task, p);
            uint256 owed = (pool * positive) / divisor;
            assertLe(sum, owed);
            assertGe(sum + _clients, owed);
            paid += sum;
        }
        for (uint256 i; i < state.auditors; ++i) paid += _claim(_auditor(i), 0);
        for (uint256 i; i < state.aggregators; ++i) paid += _claim(_aggregator(i), 0);
        paid += _claim(SLASHED_TO, 0);
        // solhint-disable-next-line no-empty-blocks
        try tasks.refund(task) returns (uint256 amount) {
            paid += amount;
        } catch {}
        (, uint256 remaining) = escrow.accountOf(address(tasks), TaskId.unwrap(task));
        assertEq(paid + remaining, REWARD);
        assertLe(remaining, _clients * periods);
    }

    function testFuzz_PAY09_wholeTasks(uint256 seed) public {
        _deploy();
        _play(seed);
    }
}
