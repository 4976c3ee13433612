// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Did} from "../../contracts/identity/types/Did.sol";
import {PrivacyLedger} from "../../contracts/learning/PrivacyLedger.sol";
import {ConsentFixture} from "../unit/identity/ConsentFixture.sol";

/// @dev Execution alone, as in Operations.t.sol.
contract PrivacyGas is ConsentFixture {
    function test_gasOfSpending() public {
        _deploy();
        PrivacyLedger ledger = new PrivacyLedger(registry);
        _grant(END);
        vm.prank(subject);
        ledger.setCap(Did.wrap(subject), DATA, 1000);
        vm.snapshotGasLastCall("privacy", "setCap.first");
        vm.prank(GRANTEE);
        ledger.appointSpender(address(this));
        ledger.spend(_scope(), 10);
        vm.snapshotGasLastCall("privacy", "spend");
    }
}
