// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {RevealedLib} from "../../../contracts/learning/libraries/RevealedLib.sol";
import {TaskState} from "../../../contracts/learning/types/TaskState.sol";
import {TestBase} from "../Vm.sol";

/// @title RevealedTest
/// @notice What a batch notes at once is what its items note alone, also where they share no word.
contract RevealedTest is TestBase {
    using RevealedLib for TaskState;

    uint256 private constant ROUND = 3;
    /// @dev Ids of four words.
    uint256 private constant IDS = 960;
    TaskState private _batch;
    TaskState private _alone;

    function testFuzz_ABatchNotesWhatItsItemsNote(uint16[20] memory ids, bool used) public {
        // a word of the round that has a bit, and words of the round before it
        for (uint256 id; id < IDS; id += 200) {
            _batch.add(used && id == 0 ? ROUND : ROUND - 1, id);
            _alone.add(used && id == 0 ? ROUND : ROUND - 1, id);
        }
        RevealedLib.Pending memory pending;
        for (uint256 i; i < ids.length; ++i) {
            uint256 id = ids[i] % IDS;
            _batch.addLater(ROUND, id, pending);
            _alone.add(ROUND, id);
        }
        _batch.flush(ROUND, pending);
        for (uint256 i; i < IDS / 240; ++i) assertEq(_batch.revealed[i], _alone.revealed[i]);
    }
}
