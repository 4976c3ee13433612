// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningRounds} from "../../../contracts/learning/interfaces/ILearningRounds.sol";
import {IStakeVault} from "../../../contracts/rewards/interfaces/IStakeVault.sol";
import {LearningFixture} from "./LearningFixture.sol";

contract JoinTest is LearningFixture {
    function setUp() public {
        _deploy();
        task = _open(_terms());
    }

    function _data(ILearningRounds.Role role) private view returns (bytes memory) {
        return abi.encodeCall(rounds.join, (task, role));
    }

    function test_LRN04_givesPlacesInOrder() public {
        _joinAll(2, 5, 3);
        (ILearningRounds.Role role, uint256 index) = rounds.participantOf(task, _client(1));
        assertTrue(role == ILearningRounds.Role.Client);
        assertEq(index, 1);
        assertEq(rounds.participantAt(task, ILearningRounds.Role.Auditor, 4), _auditor(4));
        assertEq(rounds.participantAt(task, ILearningRounds.Role.Aggregator, 2), _aggregator(2));
        assertEq(rounds.participantAt(task, ILearningRounds.Role.Client, 2), address(0));
        assertEq(rounds.roundState(task).clients, 2);
    }

    function test_STK03_locksTheStakeOfSeats() public {
        _joinAll(1, 1, 1);
        assertEq(_locked(_auditor(0)), STAKE);
        assertEq(_locked(_aggregator(0)), STAKE);
        assertEq(_locked(_client(0)), 0);
    }

    function test_STK03_needsNoStakeWhereNoneIsAsked() public {
        ILearningRounds.TaskTerms memory terms = _terms();
        terms.auditorStake = 0;
        task = _open(terms);
        _join(_auditor(0), ILearningRounds.Role.Auditor);
        assertEq(_locked(_auditor(0)), 0);
    }

    function test_STK03_refusesASeatWithoutStake() public {
        _admit(_auditor(0));
        _deposit(_auditor(0), address(token), STAKE - 1);
        _refused(
            _auditor(0),
            _data(ILearningRounds.Role.Auditor),
            abi.encodeWithSelector(
                IStakeVault.StakeVault_InsufficientFree.selector,
                address(rounds),
                address(token),
                _auditor(0),
                STAKE - 1,
                STAKE
            )
        );
    }

    /// @dev Stake bound in one task can't vouch for another.
    function test_STK03_refusesToUseAStakeTwice() public {
        _join(_auditor(0), ILearningRounds.Role.Auditor);
        task = _open(_terms());
        _refused(
            _auditor(0),
            _data(ILearningRounds.Role.Auditor),
            abi.encodeWithSelector(
                IStakeVault.StakeVault_InsufficientFree.selector,
                address(rounds),
                address(token),
                _auditor(0),
                0,
                STAKE
            )
        );
    }

    function test_LRN04_refusesStrangers() public {
        _refused(
            _client(0),
            _data(ILearningRounds.Role.Client),
            abi.encodeWithSelector(ILearningRounds.LearningRounds_NotAMember.selector, task, _client(0))
        );
        membership.admit(address(0xbad), _client(0), _client(0));
        _refused(
            _client(0),
            _data(ILearningRounds.Role.Client),
            abi.encodeWithSelector(ILearningRounds.LearningRounds_NotAMember.selector, task, _client(0))
        );
    }

    function test_LRN04_refusesASecondRole() public {
        _joinAll(1, 1, 1);
        ILearningRounds.Role none = ILearningRounds.Role.None;
        for (uint8 i = 1; i < 4; ++i) {
            ILearningRounds.Role role = ILearningRounds.Role(i);
            bytes memory reason = _wrongRole(_client(0), ILearningRounds.Role.Client, none);
            _refused(_client(0), _data(role), reason);
            reason = _wrongRole(_auditor(0), ILearningRounds.Role.Auditor, none);
            _refused(_auditor(0), _data(role), reason);
            reason = _wrongRole(_aggregator(0), ILearningRounds.Role.Aggregator, none);
            _refused(_aggregator(0), _data(role), reason);
        }
    }

    function test_LRN04_refusesNoRole() public {
        ILearningRounds.Role none = ILearningRounds.Role.None;
        _refused(_client(0), _data(none), _wrongRole(_client(0), none, none));
    }

    function test_LRN04_refusesMoreThanThereArePlaces() public {
        _joinAll(8, 5, 3);
        for (uint8 i = 1; i < 4; ++i) {
            ILearningRounds.Role role = ILearningRounds.Role(i);
            address late = address(uint160(0x400000 + i));
            _admit(late);
            uint256 places =
                i == 1
                    ? 8
                    : i == 2
                        ? 5
                        : 3;
            _refused(
                late,
                _data(role),
                abi.encodeWithSelector(ILearningRounds.LearningRounds_NoSeat.selector, task, role, places)
            );
        }
    }

    function test_LRN05_seatsAreTakenBeforeTheStart() public {
        vm.warp(START - 1);
        _join(_auditor(0), ILearningRounds.Role.Auditor);
        vm.warp(START);
        _admit(_auditor(1));
        bytes memory reason = _wrongPhase(ILearningRounds.Phase.Commit, ILearningRounds.Phase.Waiting);
        _refused(_auditor(1), _data(ILearningRounds.Role.Auditor), reason);
        _refused(_auditor(1), _data(ILearningRounds.Role.Aggregator), reason);
    }

    function test_LRN05_clientsJoinUntilCommitCloses() public {
        vm.warp(START + 99);
        _join(_client(0), ILearningRounds.Role.Client);
        vm.warp(START + 100);
        _admit(_client(1));
        _refused(
            _client(1),
            _data(ILearningRounds.Role.Client),
            _wrongPhase(ILearningRounds.Phase.Reveal, ILearningRounds.Phase.Commit)
        );
    }

    function test_LRN05_clientsMayJoinALaterRound() public {
        _joinAll(2, 5, 3);
        _run(2, _unanimous(_flat(100, 2), 5));
        _join(_client(2), ILearningRounds.Role.Client);
        _run(3, _unanimous(_flat(100, 3), 5));
        assertEq(rounds.scoreOf(task, _client(2)), 0); // the period is over
        assertEq(_earned(_client(2)), (((uint256(REWARD) * 7000 * 2) / 40_000) * 100) / 500);
    }
}
