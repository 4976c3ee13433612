// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";

import {ReputationAutomation} from "../../../contracts/reputation/ReputationAutomation.sol";
import {IAutomationAgent} from "../../../contracts/reputation/interfaces/IAutomationAgent.sol";
import {IReputation} from "../../../contracts/reputation/interfaces/IReputation.sol";
import {IReputationAutomation} from "../../../contracts/reputation/interfaces/IReputationAutomation.sol";
import {CategoryId} from "../../../contracts/reputation/types/CategoryId.sol";
import {AutomationFixture} from "./AutomationFixture.sol";

/// @dev Counts calls by caller; can refuse, or call the automation again.
contract Lamp {
    mapping(address caller => uint256 count) public lit;
    bool public broken;
    ReputationAutomation private _automation;
    bytes private _again;

    error Lamp_Broken();

    function light() external {
        if (broken) revert Lamp_Broken();
        ++lit[msg.sender];
        if (_again.length != 0) Address.functionCall(address(_automation), _again);
    }

    function breakIt(bool value) external {
        broken = value;
    }

    function callAgain(ReputationAutomation automation, bytes calldata call) external {
        (_automation, _again) = (automation, call);
    }
}

/// @dev Fires, but takes no money.
contract Purist {
    function fire(ReputationAutomation automation, bytes calldata call) external returns (uint256 refund) {
        return abi.decode(Address.functionCall(address(automation), call), (uint256));
    }
}

contract ReputationAutomationTest is AutomationFixture {
    address private constant OTHER_REALM = address(0x07e4);
    uint96 private constant MARGIN = 20;
    uint32 private constant COOLDOWN = 2 * 1 weeks;
    uint96 private constant REFUND_CAP = 0.001 ether;

    Lamp private _lamp;

    function setUp() public {
        _deploy();
        _lamp = new Lamp();
    }

    // ---------------------------------------------------------------- authorising and stopping

    function test_AUT01_authoriseTellsEverythingAndMakesTheAgent() public {
        IReputationAutomation.Terms memory terms = _terms(IReputationAutomation.Edge.Rise);
        bytes32 id = _automation.idOf(REALM, terms);
        address agent = _automation.agentOf(REALM);
        assertEq(agent.code.length, 0);
        vm.expectEmit(address(_automation));
        emit IReputationAutomation.AutomationAgentMade(REALM, agent);
        vm.expectEmit(address(_automation));
        emit IReputationAutomation.AutomationAuthorised(
            id,
            REALM,
            ALICE,
            CARE,
            IReputationAutomation.Edge.Rise,
            THRESHOLD,
            MARGIN,
            COOLDOWN,
            terms.expiry,
            REFUND_CAP,
            address(_lamp),
            terms.data
        );
        _authorise(terms);
        assertTrue(agent.code.length != 0);
        (address realm, uint32 armedFrom, uint48 firedAt) = _automation.stateOf(id);
        assertEq(realm, REALM);
        assertEq(armedFrom, EPOCH);
        assertEq(firedAt, 0);
        vm.expectRevert(
            abi.encodeWithSelector(IReputationAutomation.ReputationAutomation_AlreadyAuthorised.selector, id)
        );
        _authorise(terms);
    }

    function test_AUT01_termsThatContradictThemselvesAreRefused() public {
        IReputationAutomation.Terms memory terms = _terms(IReputationAutomation.Edge.Rise);
        terms.category = CategoryId.wrap(keccak256("unknown"));
        _expectInvalid(terms, "category");
        terms = _terms(IReputationAutomation.Edge.Rise);
        (terms.threshold, terms.margin) = (0, 0);
        _expectInvalid(terms, "threshold");
        terms = _terms(IReputationAutomation.Edge.Rise);
        terms.margin = THRESHOLD;
        _expectInvalid(terms, "margin");
        terms.edge = IReputationAutomation.Edge.Fall;
        (terms.threshold, terms.margin) = (type(uint96).max, 1);
        _expectInvalid(terms, "margin");
        terms = _terms(IReputationAutomation.Edge.Rise);
        terms.expiry = uint48(block.timestamp);
        _expectInvalid(terms, "expiry");
        terms = _terms(IReputationAutomation.Edge.Rise);
        terms.target = address(0xdead);
        _expectInvalid(terms, "target");
    }

    function test_AUT01_aVoteStopsItAtOnce() public {
        IReputationAutomation.Terms memory terms = _authorised(IReputationAutomation.Edge.Rise);
        bytes32 id = _automation.idOf(REALM, terms);
        _award(150);
        vm.expectEmit(address(_automation));
        emit IReputationAutomation.AutomationStopped(id);
        vm.prank(REALM);
        _automation.stop(id);
        _expectFireRevert(
            terms,
            EPOCH,
            abi.encodeWithSelector(IReputationAutomation.ReputationAutomation_NotAuthorised.selector, id)
        );
        // another vote begins anew, with what comes after it
        _authorise(terms);
        _expectFireRevert(
            terms,
            EPOCH,
            abi.encodeWithSelector(
                IReputationAutomation.ReputationAutomation_StaleWitness.selector,
                id,
                EPOCH,
                EPOCH + 1
            )
        );
        _penalise(150);
        vm.warp(START + WEEK);
        _award(150);
        _fire(terms, EPOCH + 1);
    }

    function testFuzz_AUT01_nobodyElseStopsIt(address caller) public {
        vm.assume(caller != REALM);
        bytes32 id = _automation.idOf(REALM, _authorised(IReputationAutomation.Edge.Rise));
        vm.expectRevert(
            abi.encodeWithSelector(IReputationAutomation.ReputationAutomation_NotTheRealm.selector, id, caller)
        );
        vm.prank(caller);
        _automation.stop(id);
    }

    function test_AUT01_termsThatNobodyAuthorisedDoNothing() public {
        IReputationAutomation.Terms memory terms = _authorised(IReputationAutomation.Edge.Rise);
        _award(150);
        // the same for another realm, or to another target
        bytes32 id = _automation.idOf(OTHER_REALM, terms);
        vm.expectRevert(abi.encodeWithSelector(IReputationAutomation.ReputationAutomation_NotAuthorised.selector, id));
        _automation.fire(OTHER_REALM, terms, EPOCH);
        terms.target = address(this);
        _expectFireRevert(
            terms,
            EPOCH,
            abi.encodeWithSelector(
                IReputationAutomation.ReputationAutomation_NotAuthorised.selector,
                _automation.idOf(REALM, terms)
            )
        );
    }

    // ---------------------------------------------------------------- edges

    function test_AUT02_aRiseAcrossTheThresholdFiresOnce() public {
        IReputationAutomation.Terms memory terms = _authorised(IReputationAutomation.Edge.Rise);
        bytes32 id = _automation.idOf(REALM, terms);
        _expectNotCrossed(terms, EPOCH, 0, 0);
        _award(THRESHOLD);
        vm.expectEmit(address(_automation));
        emit IReputationAutomation.AutomationFired(id, CALLER, EPOCH, 0, THRESHOLD, 0);
        _fire(terms, EPOCH);
        assertEq(_lit(REALM), 1);
        (, uint32 armedFrom, uint48 firedAt) = _automation.stateOf(id);
        assertEq(armedFrom, EPOCH + 1);
        assertEq(firedAt, block.timestamp);

        // the attack: the same edge again, once the cooldown is over
        vm.warp(block.timestamp + COOLDOWN);
        _expectFireRevert(
            terms,
            EPOCH,
            abi.encodeWithSelector(
                IReputationAutomation.ReputationAutomation_StaleWitness.selector,
                id,
                EPOCH,
                EPOCH + 1
            )
        );
        _expectNotCrossed(terms, EPOCH + 1, 99, 99);
    }

    function test_AUT02_aFallAcrossTheThresholdFires() public {
        IReputationAutomation.Terms memory terms = _terms(IReputationAutomation.Edge.Fall);
        _award(THRESHOLD + MARGIN + 1);
        vm.warp(START + WEEK);
        _authorise(terms);
        _expectNotCrossed(terms, EPOCH + 1, 120, 120);
        _penalise(21);
        assertEq(_reputation.scoreOf(REALM, CARE, ALICE), 99);
        _fire(terms, EPOCH + 1);
        assertEq(_lit(REALM), 1);
    }

    /// @dev Fading is a fall as good as any: no write is needed.
    function test_AUT02_aScoreThatFadesFallsAcrossTheThreshold() public {
        CategoryId fading = CategoryId.wrap(keccak256("fading"));
        _reputation.addCategory(fading, 30 days);
        vm.prank(REALM);
        _reputation.appointIssuer(fading, ISSUER, 1e6, 0);
        vm.prank(ISSUER);
        _reputation.award(REALM, fading, ALICE, 200, bytes32(0));
        IReputationAutomation.Terms memory terms = _terms(IReputationAutomation.Edge.Fall);
        terms.category = fading;
        vm.warp(START + WEEK);
        _authorise(terms);
        vm.warp(START + 1 days + 31 days);
        _fire(terms, EPOCH + 1);
    }

    /// @dev The attack: trembling around the threshold, to fire again and again.
    function testFuzz_AUT02_whatTremblesWithinTheMarginFiresNothing(uint96 low, uint96 high) public {
        IReputationAutomation.Terms memory terms = _terms(IReputationAutomation.Edge.Rise);
        low = uint96(bound(low, THRESHOLD - MARGIN + 1, THRESHOLD - 1));
        high = uint96(bound(high, THRESHOLD + 1, THRESHOLD + MARGIN));
        _award(low);
        vm.warp(START + WEEK);
        _authorise(terms);
        _award(high - low);
        uint96 before = _reputation.scoreAtEpoch(REALM, CARE, ALICE, EPOCH + 1);
        uint96 score = _reputation.scoreOf(REALM, CARE, ALICE);
        _expectNotCrossed(terms, EPOCH + 1, before, score);
    }

    /// @dev The attack on a realm that relies on it: nobody fires in the week of the edge.
    function test_AUT02_anEdgeThatNobodyUsedAtOnceIsNotLost() public {
        IReputationAutomation.Terms memory terms = _authorised(IReputationAutomation.Edge.Rise);
        _award(150);
        vm.warp(START + 5 * WEEK);
        _expectNotCrossed(terms, EPOCH + 5, 149, 149);
        _fire(terms, EPOCH);
        assertEq(_lit(REALM), 1);
    }

    /// @dev The attack: a low score from before the vote, which the members did not have in mind.
    function test_AUT03_whatWasBeforeTheVoteIsNoWitness() public {
        vm.warp(START + 3 * WEEK);
        IReputationAutomation.Terms memory terms = _authorised(IReputationAutomation.Edge.Rise);
        _award(150);
        _expectFireRevert(
            terms,
            EPOCH + 2,
            abi.encodeWithSelector(
                IReputationAutomation.ReputationAutomation_StaleWitness.selector,
                _automation.idOf(REALM, terms),
                EPOCH + 2,
                EPOCH + 3
            )
        );
        _expectFireRevert(
            terms,
            EPOCH + 4,
            abi.encodeWithSelector(IReputation.Reputation_EpochNotStarted.selector, EPOCH + 4, EPOCH + 3)
        );
    }

    function test_AUT04_theCooldownSeparatesTwoEdges() public {
        IReputationAutomation.Terms memory terms = _authorised(IReputationAutomation.Edge.Rise);
        _award(150);
        _fire(terms, EPOCH);
        uint256 firedAt = block.timestamp;
        _penalise(150);
        vm.warp(START + WEEK);
        _award(200);
        _expectFireRevert(
            terms,
            EPOCH + 1,
            abi.encodeWithSelector(
                IReputationAutomation.ReputationAutomation_CoolingDown.selector,
                _automation.idOf(REALM, terms),
                firedAt + COOLDOWN
            )
        );
        vm.warp(firedAt + COOLDOWN);
        _fire(terms, EPOCH + 1);
        assertEq(_lit(REALM), 2);
    }

    function test_AUT04_itExpires() public {
        IReputationAutomation.Terms memory terms = _authorised(IReputationAutomation.Edge.Rise);
        _award(150);
        vm.warp(terms.expiry);
        _expectFireRevert(
            terms,
            EPOCH,
            abi.encodeWithSelector(
                IReputationAutomation.ReputationAutomation_Expired.selector,
                _automation.idOf(REALM, terms),
                terms.expiry
            )
        );
        vm.warp(terms.expiry - 1);
        _fire(terms, EPOCH);
    }

    // ---------------------------------------------------------------- actions

    function test_AUT06_anActionThatFailsUsesNoEdgeUp() public {
        IReputationAutomation.Terms memory terms = _authorised(IReputationAutomation.Edge.Rise);
        _award(150);
        _lamp.breakIt(true);
        _expectFireRevert(terms, EPOCH, abi.encodeWithSelector(Lamp.Lamp_Broken.selector));
        _lamp.breakIt(false);
        _fire(terms, EPOCH);
    }

    /// @dev The attack: a realm authorises a call that only another realm's agent has the power for.
    function test_AUT05_anotherRealmHasAnotherAgent() public {
        address agent = _automation.agentOf(REALM);
        vm.prank(REALM);
        _reputation.appointIssuer(CARE, agent, 10, 10);
        IReputationAutomation.Terms memory terms = _terms(IReputationAutomation.Edge.Rise);
        terms.target = address(_reputation);
        terms.data = abi.encodeCall(IReputation.award, (REALM, CARE, ALICE, 10, bytes32(0)));
        vm.startPrank(OTHER_REALM);
        _reputation.appointIssuer(CARE, OTHER_REALM, 1000, 0);
        _automation.authorise(terms);
        _reputation.award(OTHER_REALM, CARE, ALICE, 150, bytes32(0));
        vm.stopPrank();
        address stranger = _automation.agentOf(OTHER_REALM);
        vm.expectRevert(abi.encodeWithSelector(IReputation.Reputation_NotIssuer.selector, REALM, CARE, stranger));
        _automation.fire(OTHER_REALM, terms, EPOCH);

        _authorise(terms);
        _award(150);
        _fire(terms, EPOCH);
        assertEq(_reputation.scoreOf(REALM, CARE, ALICE), 160);
    }

    function testFuzz_AUT05_theAgentObeysTheAutomationAlone(address caller) public {
        vm.assume(caller != address(_automation));
        _authorised(IReputationAutomation.Edge.Rise);
        IAutomationAgent agent = IAutomationAgent(_automation.agentOf(REALM));
        bytes memory refusal = abi.encodeWithSelector(
            IAutomationAgent.AutomationAgent_NotTheAutomation.selector,
            caller
        );
        vm.startPrank(caller);
        vm.expectRevert(refusal);
        agent.perform(address(_lamp), abi.encodeCall(Lamp.light, ()));
        vm.expectRevert(refusal);
        agent.pay(caller, 0);
        vm.stopPrank();
    }

    /// @dev The attack: firing from within a firing, to be refunded for the same gas twice.
    function test_AUT06_anActionCantFireAnotherAutomation() public {
        IReputationAutomation.Terms memory terms = _authorised(IReputationAutomation.Edge.Rise);
        IReputationAutomation.Terms memory second = _terms(IReputationAutomation.Edge.Rise);
        second.cooldown = 0;
        _authorise(second);
        _award(150);
        _lamp.callAgain(_automation, abi.encodeCall(IReputationAutomation.fire, (REALM, second, EPOCH)));
        _expectFireRevert(terms, EPOCH, abi.encodeWithSignature("ReentrancyGuardReentrantCall()"));
    }

    // ---------------------------------------------------------------- refunds

    function testFuzz_AUT07_theRefundHasACap(uint256 price, uint256 held) public {
        price = bound(price, 0, 1000 gwei);
        held = bound(held, 0, 0.01 ether);
        IReputationAutomation.Terms memory terms = _authorised(IReputationAutomation.Edge.Rise);
        address agent = _automation.agentOf(REALM);
        vm.deal(agent, held);
        _award(150);
        vm.txGasPrice(price);
        vm.prank(CALLER);
        uint256 refund = _automation.fire(REALM, terms, EPOCH);
        assertLe(refund, REFUND_CAP);
        assertLe(refund, held);
        assertLe(refund, price * 300_000);
        if (held >= REFUND_CAP && price >= 100 gwei) assertEq(refund, REFUND_CAP);
        assertEq(CALLER.balance, refund);
        assertEq(agent.balance, held - refund);
    }

    function test_AUT07_whoCantReceiveFiresForNothing() public {
        IReputationAutomation.Terms memory terms = _authorised(IReputationAutomation.Edge.Rise);
        vm.deal(_automation.agentOf(REALM), 1 ether);
        _award(150);
        vm.txGasPrice(100 gwei);
        uint256 refund = new Purist().fire(
            _automation,
            abi.encodeCall(IReputationAutomation.fire, (REALM, terms, EPOCH))
        );
        assertEq(refund, 0);
        assertEq(_automation.agentOf(REALM).balance, 1 ether);
        assertEq(_lit(REALM), 1);
    }

    function test_AUT09_theRealmTakesItsMoneyBack() public {
        _authorised(IReputationAutomation.Edge.Rise);
        address agent = _automation.agentOf(REALM);
        vm.deal(address(this), 3 ether);
        (bool sent, ) = agent.call{value: 3 ether}("");
        assertTrue(sent);
        vm.expectEmit(address(_automation));
        emit IReputationAutomation.AutomationFundsWithdrawn(REALM, CALLER, 2 ether);
        vm.prank(REALM);
        _automation.withdraw(CALLER, 2 ether);
        assertEq(CALLER.balance, 2 ether);

        bytes4 selector = IReputationAutomation.ReputationAutomation_WithdrawalFailed.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, CALLER, 2 ether));
        vm.prank(REALM);
        _automation.withdraw(CALLER, 2 ether);
        vm.expectRevert(abi.encodeWithSelector(selector, CALLER, 1));
        vm.prank(OTHER_REALM);
        _automation.withdraw(CALLER, 1);
    }

    // ---------------------------------------------------------------- helpers

    function _terms(IReputationAutomation.Edge edge) private view returns (IReputationAutomation.Terms memory terms) {
        return
            IReputationAutomation.Terms({
                category: CARE,
                subject: ALICE,
                edge: edge,
                threshold: THRESHOLD,
                margin: MARGIN,
                cooldown: COOLDOWN,
                expiry: uint48(START + 52 * WEEK),
                refundCap: REFUND_CAP,
                target: address(_lamp),
                data: abi.encodeCall(Lamp.light, ())
            });
    }

    function _authorise(IReputationAutomation.Terms memory terms) private {
        vm.prank(REALM);
        _automation.authorise(terms);
    }

    function _authorised(IReputationAutomation.Edge edge) private returns (IReputationAutomation.Terms memory terms) {
        terms = _terms(edge);
        _authorise(terms);
    }

    function _expectInvalid(IReputationAutomation.Terms memory terms, string memory field) private {
        vm.expectRevert(
            abi.encodeWithSelector(IReputationAutomation.ReputationAutomation_InvalidTerms.selector, field)
        );
        _authorise(terms);
    }

    function _expectFireRevert(IReputationAutomation.Terms memory terms, uint32 witness, bytes memory reason) private {
        vm.expectRevert(reason);
        _fire(terms, witness);
    }

    function _expectNotCrossed(
        IReputationAutomation.Terms memory terms,
        uint32 witness,
        uint96 before,
        uint96 score
    ) private {
        _expectFireRevert(
            terms,
            witness,
            abi.encodeWithSelector(
                IReputationAutomation.ReputationAutomation_NotCrossed.selector,
                _automation.idOf(REALM, terms),
                before,
                score
            )
        );
    }

    function _lit(address realm) private view returns (uint256 count) {
        return _lamp.lit(_automation.agentOf(realm));
    }
}
