// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DrandBeacon} from "../../../contracts/randomness/DrandBeacon.sol";
import {IDrandBeacon} from "../../../contracts/randomness/interfaces/IDrandBeacon.sol";
import {TestBase} from "../Vm.sol";

/// @dev Networks as drand's nodes and clients publish them, and rounds that were published. Points are uncompressed.
abstract contract DrandFixture is TestBase {
    uint32 internal constant SKEW = 60;
    uint48 internal constant GENESIS = 1692803367;
    uint64 internal constant ROUND = 1000;
    bytes32 internal constant RANDOMNESS = 0xfe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd;
    bytes internal constant SIGNATURE =
        hex"00000000000000000000000000000000144679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"
        hex"0000000000000000000000000000000011f92e4521ef54f047b64b85fa98db2d46f0f44add1f60b93f8a0dbddd63b34f238657c2d93aed18b90bddd60a01b6d2";
    bytes internal constant COMPRESSED =
        hex"b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39";

    IDrandBeacon internal beacon;

    struct Vector {
        uint64 round;
        bytes signature;
        bytes compressed;
    }

    function _deploy() internal {
        beacon = new DrandBeacon(_quicknet(), SKEW);
    }

    /// @dev The timepoint whose seed is `ROUND`, and the latest such.
    function _timepoint() internal pure returns (uint48 timepoint) {
        return GENESIS + 3 * (uint48(ROUND) - 1) - SKEW;
    }

    function _quicknet() internal pure returns (IDrandBeacon.DrandNetwork memory network) {
        network.genesis = GENESIS;
        network.period = 3;
        network.groupHash = 0xf477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e;
        network.beaconId = "quicknet";
        network.publicKey = (
            hex"000000000000000000000000000000000d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
            hex"0000000000000000000000000000000003cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451"
            hex"000000000000000000000000000000000e5db2b6bfbb01c867749cadffca88b36c24f3012ba09fc4d3022c5c37dce0f977d3adb5d183c7477c442b1f04515273"
            hex"0000000000000000000000000000000001a714f2edb74119a2f2b0d5a7c75ba902d163700a61bc224ededd8e63aef7be1aaf8e93d7a9718b047ccddb3eb5d68b"
        );
    }

    /// @dev Of another key than quicknet's, whose compressed form has the other sign.
    function _quicknetTest() internal pure returns (IDrandBeacon.DrandNetwork memory network) {
        network.genesis = 1689232296;
        network.period = 3;
        network.groupHash = 0x40d49d910472d4adb1d67f65db8332f11b4284eecf05c05c5eacd5eef7d40e2d;
        network.beaconId = "quicknet-t";
        network.publicKey = (
            hex"00000000000000000000000000000000072f6d84ee791a3382bfb055afab1e6a375538d8ffc451104ac971d2dc9b168e2d3246b0be2015969cbaac298f6502da"
            hex"00000000000000000000000000000000115b65b46fb29104f6a4b5d1e11a8da6344463973d423661bb0804846a0ecd1ef93c25057f1c0baab2ac53e56c662b66"
            hex"0000000000000000000000000000000013dba2f47914cda2132d3454f23f855ce20f3a4c037e388148f354b783b9b416ff5ef70475e5d19889bc554751e8bc1b"
            hex"00000000000000000000000000000000196197c055a4f7936b72136c41619d7cd2a4e44479504b8bbb941d16ae79d985b3b9ae0aeeea18853153f5a2fa02f5dd"
        );
    }

    /// @dev The network of drand's own client tests, with its round 38.
    function _walkthrough() internal pure returns (IDrandBeacon.DrandNetwork memory network) {
        network.genesis = 1687506816;
        network.period = 3;
        network.groupHash = 0x02d678e93908888871b70e3f015b396a8c082bc1493ae5479f8743cb5d972b54;
        network.beaconId = "walkthrough";
        network.publicKey = (
            hex"000000000000000000000000000000000541cbcdcea9335f2870d781b39b845ba8cbd44fdfe4967781cf72ca5917fc9398bcf97ca0548ed5a709016c4b1ff0f3"
            hex"0000000000000000000000000000000001d320f220ee9c79e60e19dedc838c31e3ab919b15481e9feb52f643628c4f6a13fdc52129493875a818109d767272ca"
            hex"000000000000000000000000000000000a021f4e2b3c8d53631d5823fc7d0b20d8d06bb56c54145a963e16d5d16b671add9504c333f3b136959c5316bc99cdce"
            hex"00000000000000000000000000000000011f260b3dac988482a9fc540069155263e0d1ebab56f3c208dd458eff2aa04ceb10f4225dd19bbe94ea30b57c608206"
        );
    }

    function _walkthroughRound() internal pure returns (Vector memory) {
        return
            Vector(
                38,
                hex"0000000000000000000000000000000015c93585c513ebbcb4777ff15599b3140e5ec0295faa0e483f3deadd88fa6d43f0d3703e3a4ce106e8fd6c6987f32126"
                hex"0000000000000000000000000000000005b2ae3ee75b862756b93f7074e1d59da358cbaacb74c14587d10b4bf0fd58c4d8e165572d1451798c7b7fc46ca1ce39",
                hex"95c93585c513ebbcb4777ff15599b3140e5ec0295faa0e483f3deadd88fa6d43f0d3703e3a4ce106e8fd6c6987f32126"
            );
    }

    /// @dev Rounds of quicknet.
    function _published() internal pure returns (Vector[] memory vectors) {
        vectors = new Vector[](6);
        vectors[0] = Vector(
            123,
            hex"00000000000000000000000000000000175c69d0b72a5d906e854e808ba7e2accb1542ac355ae486d591aa9d43765482e26cd02df835d3546d23c4b13e0dfc92"
            hex"000000000000000000000000000000000f3894d8ccd4bb5edc3fca0f1f67f658559b86a360dd0128c3b64c12141372bb22276f0a00720b51125a9996b722b23f",
            hex"b75c69d0b72a5d906e854e808ba7e2accb1542ac355ae486d591aa9d43765482e26cd02df835d3546d23c4b13e0dfc92"
        );
        vectors[1] = Vector(ROUND, SIGNATURE, COMPRESSED);
        vectors[2] = Vector(
            657413,
            hex"000000000000000000000000000000001713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b"
            hex"00000000000000000000000000000000116c5214fdfb7ba78de63a90904f73c935e28a89e5c815c43a49dfc8058ed0d2b7de6f98eae4a917bb868989bd0302b7",
            hex"b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b"
        );
        vectors[3] = Vector(
            12040883,
            hex"00000000000000000000000000000000129906c959032ab363c9f26570d215d66f5c06cb0c44fe508c12bb5839f04ec895bb6868e5b9ff13ab289bdb5266b394"
            hex"00000000000000000000000000000000029bf4aba4f8dcba7d972bf698fda8e3c8b118089d32de8d5bd0af56bfc6a441649e4b8d8a549388808d777ee1956fc6",
            hex"929906c959032ab363c9f26570d215d66f5c06cb0c44fe508c12bb5839f04ec895bb6868e5b9ff13ab289bdb5266b394"
        );
        vectors[4] = Vector(
            20791007,
            hex"000000000000000000000000000000000d2c8bbc37170dbacc5e280a21d4e195cff5f32a19fd6a58633fa4e4670478b5fb39bc13dd8f8c4372c5a76191198ac5"
            hex"000000000000000000000000000000000823ff37364b4060af65c7ec4dde05a428e4a444713680d95c34a4b109f112af1792643c742b75d85940c4bdcfdfbfa1",
            hex"8d2c8bbc37170dbacc5e280a21d4e195cff5f32a19fd6a58633fa4e4670478b5fb39bc13dd8f8c4372c5a76191198ac5"
        );
        vectors[5] = Vector(
            20905307,
            hex"000000000000000000000000000000000a60486975062d9f06633c284cf1a7b46fb343f56f329f180530ca40a9e86320244f4fbfc37ae866cf25ef499665a31f"
            hex"0000000000000000000000000000000008c61b5471ed86344d6b347d1b0e1a4146877a57c28507448678d8249521d91be74cd5a44fb6fce5f869b235e085ebe6",
            hex"8a60486975062d9f06633c284cf1a7b46fb343f56f329f180530ca40a9e86320244f4fbfc37ae866cf25ef499665a31f"
        );
    }
}
