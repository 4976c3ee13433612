// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningTasks} from "../../contracts/learning/interfaces/ILearningTasks.sol";
import {PanelFixture} from "../unit/learning/PanelFixture.sol";

/// @dev Execution alone, as in Operations.t.sol: a panel of 96 clients and five auditors, among 10,000 and 525. Its openings
/// are 1,140 bytes of calldata, which add less than 19,000 gas to it beside the 21,000 of every transaction.
contract PanelGas is PanelFixture {
    uint256 private _panel;

    function test_gas() public {
        ILearningTasks.TaskTerms memory terms = _terms();
        terms.panelCells = 12;
        terms.auditorStake = 0;
        _open(terms, 10_000, 525);
        _round(1, 0, "settlePanel.first");
        _round(2, 1, "settlePanel.next");
        _round(3, 2, "settlePanel.nextPeriod");
    }

    /// @dev The same seed in all rounds, so that each round settles the same cells and seats.
    function _round(uint16 round, uint16 settled, string memory name) private {
        harness.start(round, settled);
        harness.revealUpdates(clients);
        harness.draw(keccak256("seed"));
        while (harness.cellsOf(_panel).length != 12) ++_panel;
        vm.warp(block.timestamp + 100 + 90 + 80);
        address[] memory seats = harness.seatsOf(_panel);
        for (uint256 s; s < seats.length; ++s) {
            int256[] memory scores = new int256[](clients);
            for (uint256 id; id < clients; ++id) scores[id] = int256((id * 7) % 600) - 300 + int256((id * s) % 23);
            _reveal(seats[s], _encode(_panel, scores));
        }
        _toSettle();
        bytes memory openings = _openings(_panel);
        harness.settle(_panel, openings);
        vm.snapshotGasLastCall("learning", name);
    }
}
