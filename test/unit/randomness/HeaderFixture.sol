// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {RLP} from "@openzeppelin/contracts/utils/RLP.sol";

import {HeaderBeacon} from "../../../contracts/randomness/HeaderBeacon.sol";
import {IHeaderBeacon} from "../../../contracts/randomness/interfaces/IHeaderBeacon.sol";
import {TestBase} from "../Vm.sol";

/// @dev Two headers, `parent` and `header`, of a chain that knows them by hash.
abstract contract HeaderFixture is TestBase {
    using RLP for RLP.Encoder;

    /// @dev Fields that a proof depends on, and those whose length moves them.
    struct Header {
        bytes32 parentHash;
        uint256 difficulty;
        uint256 number;
        uint256 gasUsed;
        uint256 time;
        bytes extraData;
        bytes32 mixHash;
        // the 15 of Frontier, and those that forks added
        uint256 fields;
    }

    address internal constant HISTORY = 0x0000F90827F1C53a10cb7A02335B175320002935;
    uint48 internal constant TIMEPOINT = 1_750_000_000;
    uint256 internal constant TARGET = uint256(TIMEPOINT) + 384;
    uint256 internal constant NUMBER = 22_700_000;
    bytes32 internal constant MIX = keccak256("mix");

    IHeaderBeacon internal beacon;
    Header internal parent;
    Header internal header;

    function _deploy() internal {
        vm.chainId(1);
        vm.roll(NUMBER + 100);
        vm.warp(TARGET + 1200);
        beacon = new HeaderBeacon();
        parent = Header(
            keccak256("before"),
            0,
            NUMBER - 1,
            15_000_000,
            TARGET - 7,
            "artel",
            keccak256("parent mix"),
            21
        );
        header = Header(0, 0, NUMBER, 14_000_000, TARGET + 5, "artel", MIX, 21);
    }

    /// @dev Enters both into the chain, and returns them encoded.
    function _enter() internal returns (bytes memory headerRlp, bytes memory parentRlp) {
        parentRlp = _encode(parent);
        header.parentHash = keccak256(parentRlp);
        headerRlp = _encode(header);
        vm.setBlockhash(NUMBER - 1, keccak256(parentRlp));
        vm.setBlockhash(NUMBER, keccak256(headerRlp));
    }

    function _encode(Header memory fields) internal pure returns (bytes memory) {
        RLP.Encoder memory list = RLP.encoder();
        list.push(fields.parentHash).push(keccak256("uncles")).push(address(0xc0ffee));
        list.push(keccak256("state")).push(keccak256("transactions")).push(keccak256("receipts")).push(new bytes(256));
        list.push(fields.difficulty).push(fields.number).push(uint256(36_000_000)).push(fields.gasUsed);
        list.push(fields.time).push(fields.extraData).push(fields.mixHash).push(bytes(hex"0000000000000000"));
        if (fields.fields > 15) list.push(uint256(7));
        if (fields.fields > 16) list.push(keccak256("withdrawals"));
        if (fields.fields > 17) list.push(uint256(393_216)).push(uint256(0)).push(keccak256("beacon root"));
        if (fields.fields > 20) list.push(keccak256("requests"));
        for (uint256 i = 21; i < fields.fields; ++i) list.push(keccak256("to come"));
        return RLP.encode(list);
    }

    /// @dev The history contract of EIP-2935, holding the hash of a block.
    function _remember(uint256 number, bytes32 blockHash) internal {
        vm.etch(
            HISTORY,
            hex"3373fffffffffffffffffffffffffffffffffffffffe14604657602036036042575f35600143038111604257611fff81430311604257611fff9006545f5260205ff35b5f5ffd5b5f35611fff60014303065500"
        );
        vm.store(HISTORY, bytes32(number % 8191), blockHash);
    }
}
