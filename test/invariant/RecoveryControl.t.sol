// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Did} from "../../contracts/identity/types/Did.sol";
import {TestBase} from "../unit/Vm.sol";
import {RecoveryHandler} from "./RecoveryHandler.sol";

contract RecoveryControlTest is TestBase {
    RecoveryHandler private _handler;

    function setUp() public {
        _handler = new RecoveryHandler();
        bytes4[] memory selectors = new bytes4[](6);
        selectors[0] = RecoveryHandler.pass.selector;
        selectors[1] = RecoveryHandler.thiefMoves.selector;
        selectors[2] = RecoveryHandler.thiefMoves.selector;
        selectors[3] = RecoveryHandler.guardiansCollude.selector;
        selectors[4] = RecoveryHandler.anybodyActs.selector;
        selectors[5] = RecoveryHandler.honestPartiesAct.selector;
        targetContract(address(_handler));
        targetSelector(FuzzSelector({addr: address(_handler), selectors: selectors}));
    }

    /// @dev The guardians of a stolen identity stay, two starts are enough, and once one took effect nothing the stolen
    /// key does matters.
    function invariant_IDN20_aThiefNeverEndsInControl() public view {
        Did stolen = _handler.stolen();
        assertEq(_handler.guardiansOf(stolen), _handler.guardiansHash());
        assertNotEq(_handler.ownerOf(stolen), address(0));
        assertLe(_handler.starts(), 2);
        if (_handler.recovered()) assertEq(_handler.ownerOf(stolen), address(0x5cc));
    }

    /// @dev An honest owner who looks once in each delay keeps the identity, whatever four of seven guardians do.
    function invariant_IDN21_aMinorityOfGuardiansNeverTakesControl() public view {
        Did kept = _handler.kept();
        assertEq(_handler.ownerOf(kept), Did.unwrap(kept));
    }
}
