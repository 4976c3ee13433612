// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {HostileReceiver} from "../../../contracts/mocks/HostileReceiver.sol";
import {ReputationAutomation} from "../../../contracts/reputation/ReputationAutomation.sol";
import {IAutomationAgent} from "../../../contracts/reputation/interfaces/IAutomationAgent.sol";
import {IReputation} from "../../../contracts/reputation/interfaces/IReputation.sol";
import {IReputationAutomation} from "../../../contracts/reputation/interfaces/IReputationAutomation.sol";
import {AutomationFixture} from "../reputation/AutomationFixture.sol";

/// @dev What automations act on: a count of calls.
contract Counter {
    uint256 public calls;

    function hit() external {
        ++calls;
    }
}

/// @dev Another contract that is put in the place of a counter.
contract Thief {
    function hit() external {}
}

/// @dev Fires many automations in one transaction and takes the refunds.
contract Batcher {
    receive() external payable {}

    function fireAll(
        ReputationAutomation automation,
        address realm,
        IReputationAutomation.Terms[] calldata terms,
        uint32 witness
    ) external returns (uint256[] memory refunds) {
        refunds = new uint256[](terms.length);
        for (uint256 i; i < terms.length; ++i) refunds[i] = automation.fire(realm, terms[i], witness);
    }
}

/// @dev A realm that is a contract, and stops what it authorised when it is told to.
contract LivelyRealm {
    ReputationAutomation private immutable _AUTOMATION;

    constructor(ReputationAutomation automation) {
        _AUTOMATION = automation;
    }

    function authorise(IReputationAutomation.Terms calldata terms) external returns (bytes32 id) {
        return _AUTOMATION.authorise(terms);
    }

    function stop(bytes32 id) external {
        _AUTOMATION.stop(id);
    }
}

/// @dev Attacks on automations: old edges, changed targets, refunds, loops.
contract AutomationAttackTest is AutomationFixture {
    uint96 private constant REFUND_CAP = 0.01 ether;

    Counter private _counter;

    function setUp() public {
        _deploy();
        _counter = new Counter();
    }

    // ---------------------------------------------------------------- edges

    /// @dev Points that were earned on Monday, a vote that takes effect on Tuesday: the members decided about what
    /// comes, and a caller points to the week's start, when there were none yet.
    function test_AUT03_anEdgeBeforeTheVoteDoesNotFire() public {
        _award(150);
        vm.warp(block.timestamp + 1 days);
        IReputationAutomation.Terms memory rise = _authorised(_terms(IReputationAutomation.Edge.Rise, 0));
        _expectStale(rise, EPOCH);

        vm.warp(START + WEEK + 1);
        _penalise(150);
        vm.warp(block.timestamp + 1 days);
        IReputationAutomation.Terms memory fall = _authorised(_terms(IReputationAutomation.Edge.Fall, 0));
        _expectStale(fall, EPOCH + 1);
    }

    /// @dev The other way round nothing is lost: what crosses after the vote fires in the same week.
    function test_AUT03_anEdgeAfterTheVoteFiresInItsWeek() public {
        IReputationAutomation.Terms memory rise = _authorised(_terms(IReputationAutomation.Edge.Rise, 0));
        _award(150);
        _fire(rise, EPOCH);
        vm.warp(START + WEEK + 1);
        IReputationAutomation.Terms memory fall = _authorised(_terms(IReputationAutomation.Edge.Fall, 0));
        _penalise(150);
        _fire(fall, EPOCH + 1);
        assertEq(_counter.calls(), 2);
    }

    /// @dev Everything within a second: what is written in it counts as the score now and not as the one before.
    function test_AUT02_anAwardFiresInItsOwnBlock() public {
        vm.warp(START + WEEK);
        IReputationAutomation.Terms memory rise = _authorised(_terms(IReputationAutomation.Edge.Rise, 0));
        _award(THRESHOLD);
        _fire(rise, EPOCH + 1);
        _penalise(THRESHOLD);
        _award(THRESHOLD);
        _expectStale(rise, EPOCH + 1);
        assertEq(_counter.calls(), 1);
    }

    /// @dev A score that an issuer moves up and down as often as it likes, and no cooldown: once a week.
    function testFuzz_AUT04_noScoreFiresMoreThanOnceAWeek(uint256 seed) public {
        IReputationAutomation.Terms memory rise = _authorised(_terms(IReputationAutomation.Edge.Rise, 0));
        uint256 firstWeek = block.timestamp / WEEK;
        for (uint256 step; step < 40; ++step) {
            seed = uint256(keccak256(abi.encode(seed)));
            vm.warp(block.timestamp + (seed % 2 days));
            if (seed & (1 << 100) == 0) _award(uint96(THRESHOLD));
            else _penalise(type(uint96).max);
            // any witness that there is
            uint32 witness = EPOCH + uint32((seed >> 128) % (block.timestamp / WEEK - EPOCH + 1));
            try _automation.fire(REALM, rise, witness) {} catch {}
        }
        assertLe(_counter.calls(), block.timestamp / WEEK - firstWeek + 1);
    }

    // ---------------------------------------------------------------- actions

    /// @dev The members voted for what stood at an address. An account that delegates to code can change it, and so can
    /// contracts on chains where they can destroy themselves.
    function test_AUT08_aTargetThatChangedIsNotCalled() public {
        IReputationAutomation.Terms memory rise = _authorised(_terms(IReputationAutomation.Edge.Rise, 0));
        _award(150);
        bytes memory code = address(_counter).code;
        bytes memory refusal = abi.encodeWithSelector(
            IReputationAutomation.ReputationAutomation_TargetChanged.selector,
            _automation.idOf(REALM, rise),
            address(_counter)
        );
        vm.etch(address(_counter), address(new Thief()).code);
        vm.expectRevert(refusal);
        _fire(rise, EPOCH);
        vm.etch(address(_counter), "");
        vm.expectRevert(refusal);
        _fire(rise, EPOCH);
        vm.etch(address(_counter), code);
        _fire(rise, EPOCH);
        assertEq(_counter.calls(), 1);
    }

    /// @dev Terms that would turn the machine against itself: the agent refuses its own orders, and what it authorises
    /// at the automation is in a realm of its own, without any power.
    function test_AUT05_actionsReachNeitherAgentNorAutomation() public {
        address agent = _automation.agentOf(REALM);
        vm.deal(agent, 1 ether);
        _authorised(_terms(IReputationAutomation.Edge.Rise, 0));
        IReputationAutomation.Terms memory pays = _terms(IReputationAutomation.Edge.Rise, 1);
        (pays.target, pays.data) = (agent, abi.encodeCall(IAutomationAgent.pay, (CALLER, 1 ether)));
        _authorised(pays);
        IReputationAutomation.Terms memory stops = _terms(IReputationAutomation.Edge.Rise, 2);
        bytes32 id = _automation.idOf(REALM, pays);
        (stops.target, stops.data) = (address(_automation), abi.encodeCall(IReputationAutomation.stop, (id)));
        _authorised(stops);
        IReputationAutomation.Terms memory withdraws = _terms(IReputationAutomation.Edge.Rise, 3);
        withdraws.target = address(_automation);
        withdraws.data = abi.encodeCall(IReputationAutomation.withdraw, (CALLER, 1 ether));
        _authorised(withdraws);
        _award(150);

        vm.expectRevert(abi.encodeWithSelector(IAutomationAgent.AutomationAgent_NotTheAutomation.selector, agent));
        _fire(pays, EPOCH);
        vm.expectRevert(
            abi.encodeWithSelector(IReputationAutomation.ReputationAutomation_NotTheRealm.selector, id, agent)
        );
        _fire(stops, EPOCH);
        vm.expectRevert(
            abi.encodeWithSelector(
                IReputationAutomation.ReputationAutomation_WithdrawalFailed.selector,
                CALLER,
                1 ether
            )
        );
        _fire(withdraws, EPOCH);
        assertEq(agent.balance, 1 ether);
    }

    /// @dev An automation whose action makes its realm stop it is gone afterwards: nothing brings it back.
    function test_AUT01_anActionMayStopItsOwnAutomation() public {
        LivelyRealm realm = new LivelyRealm(_automation);
        vm.prank(address(realm));
        _reputation.appointIssuer(CARE, ISSUER, 1e6, 0);
        IReputationAutomation.Terms memory terms = _terms(IReputationAutomation.Edge.Rise, 0);
        // the id is of the terms, which hold the id: so another automation is stopped, and it stops this one
        terms.target = address(realm);
        IReputationAutomation.Terms memory other = _terms(IReputationAutomation.Edge.Rise, 1);
        bytes32 otherId = realm.authorise(other);
        terms.data = abi.encodeCall(LivelyRealm.stop, (otherId));
        realm.authorise(terms);
        vm.prank(ISSUER);
        _reputation.award(address(realm), CARE, ALICE, 150, bytes32(0));
        _automation.fire(address(realm), terms, EPOCH);
        vm.expectRevert(
            abi.encodeWithSelector(IReputationAutomation.ReputationAutomation_NotAuthorised.selector, otherId)
        );
        _automation.fire(address(realm), other, EPOCH);
    }

    /// @dev Two automations that undo one another: the agent penalises on a rise and awards on a fall. Each still fires
    /// once a week at most, and costs its cap at most.
    function test_AUT04_aLoopOfAutomationsTurnsOnceAWeek() public {
        address agent = _automation.agentOf(REALM);
        vm.deal(agent, 1 ether);
        vm.prank(REALM);
        _reputation.appointIssuer(CARE, agent, 1e6, 1e6);
        IReputationAutomation.Terms memory down = _terms(IReputationAutomation.Edge.Rise, 0);
        (down.target, down.data) = (
            address(_reputation),
            abi.encodeCall(IReputation.penalise, (REALM, CARE, ALICE, 150, bytes32(0)))
        );
        IReputationAutomation.Terms memory up = _terms(IReputationAutomation.Edge.Fall, 0);
        (up.target, up.data) = (
            address(_reputation),
            abi.encodeCall(IReputation.award, (REALM, CARE, ALICE, 150, bytes32(0)))
        );
        _authorised(down);
        _authorised(up);
        _award(150);
        vm.txGasPrice(1e6 gwei);
        uint256 fired;
        for (uint256 day; day < 28; ++day) {
            for (uint32 witness = EPOCH; witness <= block.timestamp / WEEK; ++witness) {
                fired += _tryFire(down, witness);
                fired += _tryFire(up, witness);
            }
            vm.warp(block.timestamp + 1 days);
        }
        assertLe(fired, 2 * 4);
        assertGe(agent.balance, 1 ether - fired * REFUND_CAP);
    }

    // ---------------------------------------------------------------- refunds

    /// @dev Many firings share one transaction, and so does their refund: what a transaction costs by itself is paid
    /// once, or every further one would be a profit.
    function test_AUT07_aBatchOfFiringsIsNoBusiness() public {
        uint256 count = 8;
        vm.deal(_automation.agentOf(REALM), 10 ether);
        IReputationAutomation.Terms[] memory terms = new IReputationAutomation.Terms[](count);
        for (uint32 i; i < count; ++i) terms[i] = _authorised(_terms(IReputationAutomation.Edge.Rise, i));
        _award(150);
        Batcher batcher = new Batcher();
        vm.txGasPrice(1 gwei);
        uint256 gasBefore = gasleft();
        uint256[] memory refunds = batcher.fireAll(_automation, REALM, terms, EPOCH);
        uint256 spent = gasBefore - gasleft() + 21_000;
        for (uint256 i = 2; i < count; ++i) assertLe(refunds[i] + 21_000 gwei, refunds[0]);
        assertLe(address(batcher).balance, spent * 1 gwei);
    }

    /// @dev Whoever makes blocks may name any price and pay it to itself: the cap is all that it gets.
    function testFuzz_AUT07_noPriceBeatsTheCap(uint256 price, uint96 cap) public {
        price = bound(price, 0, type(uint64).max - 1);
        IReputationAutomation.Terms memory rise = _terms(IReputationAutomation.Edge.Rise, 0);
        rise.refundCap = cap;
        _authorised(rise);
        address agent = _automation.agentOf(REALM);
        vm.deal(agent, type(uint128).max);
        _award(150);
        vm.txGasPrice(price);
        _fire(rise, EPOCH);
        assertLe(CALLER.balance, cap);
        assertEq(CALLER.balance + agent.balance, type(uint128).max);
    }

    /// @dev A recipient that calls back while it is paid: no second firing, no second refund.
    function test_AUT06_aRecipientThatCallsBackFiresNothing() public {
        IReputationAutomation.Terms memory first = _authorised(_terms(IReputationAutomation.Edge.Rise, 0));
        IReputationAutomation.Terms memory second = _authorised(_terms(IReputationAutomation.Edge.Rise, 1));
        address agent = _automation.agentOf(REALM);
        vm.deal(agent, 1 ether);
        _award(150);
        HostileReceiver caller = new HostileReceiver();
        caller.setHook(address(_automation), abi.encodeCall(IReputationAutomation.fire, (REALM, second, EPOCH)));
        vm.txGasPrice(1e6 gwei);
        caller.act(address(_automation), 0, abi.encodeCall(IReputationAutomation.fire, (REALM, first, EPOCH)));
        assertFalse(caller.hookSucceeded());
        assertEq(_counter.calls(), 1);
        assertEq(address(caller).balance, REFUND_CAP);
        assertEq(agent.balance, 1 ether - REFUND_CAP);
    }

    // ---------------------------------------------------------------- helpers

    /// @dev Terms that differ by `number`, in their expiry.
    function _terms(
        IReputationAutomation.Edge edge,
        uint32 number
    ) private view returns (IReputationAutomation.Terms memory terms) {
        return
            IReputationAutomation.Terms({
                category: CARE,
                subject: ALICE,
                edge: edge,
                threshold: THRESHOLD,
                margin: 0,
                cooldown: 0,
                expiry: uint48(START + 52 * WEEK + number),
                refundCap: REFUND_CAP,
                target: address(_counter),
                data: abi.encodeCall(Counter.hit, ())
            });
    }

    function _authorised(
        IReputationAutomation.Terms memory terms
    ) private returns (IReputationAutomation.Terms memory same) {
        vm.prank(REALM);
        _automation.authorise(terms);
        return terms;
    }

    function _tryFire(IReputationAutomation.Terms memory terms, uint32 witness) private returns (uint256 fired) {
        vm.prank(CALLER);
        try _automation.fire(REALM, terms, witness) {
            return 1;
        } catch {
            return 0;
        }
    }

    function _expectStale(IReputationAutomation.Terms memory terms, uint32 witness) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                IReputationAutomation.ReputationAutomation_StaleWitness.selector,
                _automation.idOf(REALM, terms),
                witness,
                witness + 1
            )
        );
        _fire(terms, witness);
    }
}
