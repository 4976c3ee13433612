// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {BlsLib} from "../../../contracts/randomness/libraries/BlsLib.sol";
import {TestBase} from "../Vm.sol";

contract BlsLibTest is TestBase {
    function test_BCN05_hashToG1_emptyMessage() public view {
        _assertHash(
            "",
            hex"052926add2207b76ca4fa57a8734416c8dc95e24501772c814278700eed6d1e4e8cf62d9c09db0fac349612b759e79a1",
            hex"08ba738453bfed09cb546dbb0783dbb3a5f1f566ed67bb6be0e8c67e2e81a4cc68ee29813bb7994998f3eae0c9c6a265"
        );
    }

    function test_BCN05_hashToG1_threeBytes() public view {
        _assertHash(
            "abc",
            hex"03567bc5ef9c690c2ab2ecdf6a96ef1c139cc0b2f284dca0a9a7943388a49a3aee664ba5379a7655d3c68900be2f6903",
            hex"0b9c15f3fe6e5cf4211f346271d7b01c8f3b28be689c8429c85b67af215533311f0b8dfaaa154fa6b88176c229f2885d"
        );
    }

    function test_BCN05_hashToG1_sixteenBytes() public view {
        _assertHash(
            "abcdef0123456789",
            hex"11e0b079dea29a68f0383ee94fed1b940995272407e3bb916bbf268c263ddd57a6a27200a784cbc248e84f357ce82d98",
            hex"03a87ae2caf14e8ee52e51fa2ed8eefe80f02457004ba4d486d6aa1f517c0889501dc7413753f9599b099ebcbbd2d709"
        );
    }

    function test_BCN05_hashToG1_longMessages() public view {
        _assertHash(
            _filled("q128_", "q", 133),
            hex"15f68eaa693b95ccb85215dc65fa81038d69629f70aeee0d0f677cf22285e7bf58d7cb86eefe8f2e9bc3f8cb84fac488",
            hex"1807a1d50c29f430b8cafc4f8638dfeeadf51211e1602a5f184443076715f91bb90a48ba1e370edce6ae1062f5e6dd38"
        );
        _assertHash(
            _filled("a512_", "a", 517),
            hex"082aabae8b7dedb0e78aeb619ad3bfd9277a2f77ba7fad20ef6aabdc6c31d19ba5a6d12283553294c1825c4b3ca2dcfe",
            hex"05b84ae5a942248eea39e1d91030458c40153f3b654ab7872d779ad1e942856a20c438e8d99bc8abfbf74729ce1f7ac8"
        );
    }

    /// @dev As the tests of randa-mu/bls-solidity have it.
    function test_BCN05_hashToG1_aRoundUnderDrandsTag() public view {
        BlsLib.G1 memory point = BlsLib.hashToG1(
            bytes.concat(sha256(abi.encodePacked(uint64(20791007)))),
            "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
        );
        assertEq(
            abi.encode(point),
            bytes.concat(
                bytes16(0),
                hex"17d2ccf27b4a3e2a3f58f0c09eb4b28137d1d1beb5c37628bec43f645dcbc58d86f482b7f6b2bd5ebd53f7f7361d7855",
                bytes16(0),
                hex"0c0ac30904f6d5a300f034d9a6200d008e451c13dc50443a0667755a4a61e10a51edc491d7cd96bdc6c33415213107a5"
            )
        );
    }

    /// @dev RFC 9380, appendix J.9.1.
    function _assertHash(bytes memory message, bytes memory x, bytes memory y) private view {
        BlsLib.G1 memory point = BlsLib.hashToG1(message, "QUUX-V01-CS02-with-BLS12381G1_XMD:SHA-256_SSWU_RO_");
        assertEq(abi.encode(point), bytes.concat(bytes16(0), x, bytes16(0), y));
    }

    function _filled(
        string memory start,
        string memory letter,
        uint256 length
    ) private pure returns (bytes memory text) {
        text = bytes(start);
        while (text.length < length) text = bytes.concat(text, bytes(letter));
    }
}
