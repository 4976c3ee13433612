// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Authorization} from "../../../contracts/identity/types/Authorization.sol";
import {ProxyFixture} from "../membership/ProxyFixture.sol";

/// @dev A principal was talked into signing a revocation of nearly all versions that there are.
contract ProxyVersionsTest is ProxyFixture {
    function setUp() public {
        _deploy(2);
    }

    /// @dev The one proxy that can still be named is the last, and has to end like any other.
    function test_PRX07_theLastVersionIsRevoked() public {
        _revokeThrough(type(uint64).max - 2);
        _give(1, ALL, 2, 0);
        assertEq(uint256(proxies.proxyOf(COOPERATIVE, 1, ALL).version), type(uint64).max);
        _revoke(1, ALL);
        assertEq(_holder(1, ALL), 0);
    }

    /// @dev A revocation of whatever will ever be named, signed for an emergency, is taken when that comes.
    function test_PRX07_aRevocationOfAllVersionsIsTaken() public {
        _give(1, ALL, 2, 0);
        _revokeThrough(type(uint64).max);
        assertEq(_holder(1, ALL), 0);
    }

    function _revokeThrough(uint64 version) private {
        uint256 deadline = block.timestamp;
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256(
                    "Revocation(address cooperative,uint256 principal,uint8 topic,uint64 version,uint256 deadline)"
                ),
                COOPERATIVE,
                1,
                ALL,
                version,
                deadline
            )
        );
        bytes memory signature = signatureOf(_key(1), typedDigest("Artel Proxies", address(proxies), structHash));
        Authorization memory signed = Authorization(deadline, abi.encodePacked(_member(1)), signature);
        proxies.revokeBySig(COOPERATIVE, 1, ALL, version, signed);
    }
}
