// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {IERC7913SignatureVerifier} from "@openzeppelin/contracts/interfaces/IERC7913.sol";

/// @title HostileSigner
/// @notice A wallet and a verifier of keys that agree to anything, refuse, burn all the gas they are given, answer with
/// half a word, revert, answer with more than anybody can hold, or agree at the cost of some gas, as they were last told
/// to.
contract HostileSigner is IERC1271, IERC7913SignatureVerifier {
    enum Mood {
        Agree,
        Refuse,
        Burn,
        Truncate,
        Revert,
        Bomb,
        Spend
    }

    error HostileSigner_Refused();

    Mood public mood;

    function setMood(Mood mood_) external {
        mood = mood_;
    }

    /// @inheritdoc IERC1271
    function isValidSignature(bytes32, bytes calldata) external view returns (bytes4) {
        return _answer(IERC1271.isValidSignature.selector);
    }

    /// @inheritdoc IERC7913SignatureVerifier
    function verify(bytes calldata, bytes32, bytes calldata) external view returns (bytes4) {
        return _answer(IERC7913SignatureVerifier.verify.selector);
    }

    function _answer(bytes4 yes) private view returns (bytes4) {
        if (mood == Mood.Agree) return yes;
        if (mood == Mood.Refuse) return 0xffffffff;
        if (mood == Mood.Revert) revert HostileSigner_Refused();
        if (mood == Mood.Spend) {
            uint256 enough = gasleft() - 200_000;
            while (gasleft() > enough) continue;
            return yes;
        }
        assembly ("memory-safe") {
            if eq(sload(mood.slot), 2) {
                invalid()
            }
            if eq(sload(mood.slot), 5) {
                revert(0, 400000)
            }
            mstore(0, yes)
            return(0, 4)
        }
    }
}
