// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Functions that are known to spend the target's own token
library SpenderLib {
    /// @notice Number, from 1, of the argument that is the amount; 0: no such function.
    /// @dev ERC-20 and its extensions, wrapped tokens, ERC-777, ERC-1363, ERC-4626 (counted in what the vault is asked for).
    /// An allowance is spent when it is given: what its holder takes later passes no meter.
    function amountArgument(bytes4 selector) internal pure returns (uint8) {
        if (
            selector == bytes4(keccak256("transfer(address,uint256)")) ||
            selector == bytes4(keccak256("approve(address,uint256)")) ||
            selector == bytes4(keccak256("increaseAllowance(address,uint256)")) ||
            selector == bytes4(keccak256("increaseApproval(address,uint256)")) ||
            selector == bytes4(keccak256("burnFrom(address,uint256)")) ||
            selector == bytes4(keccak256("withdrawTo(address,uint256)")) ||
            selector == bytes4(keccak256("send(address,uint256,bytes)")) ||
            selector == bytes4(keccak256("transferAndCall(address,uint256)")) ||
            selector == bytes4(keccak256("transferAndCall(address,uint256,bytes)")) ||
            selector == bytes4(keccak256("approveAndCall(address,uint256)")) ||
            selector == bytes4(keccak256("approveAndCall(address,uint256,bytes)"))
        ) return 2;
        if (
            selector == bytes4(keccak256("transferFrom(address,address,uint256)")) ||
            selector == bytes4(keccak256("transferFromAndCall(address,address,uint256)")) ||
            selector == bytes4(keccak256("transferFromAndCall(address,address,uint256,bytes)"))
        ) return 3;
        if (
            selector == bytes4(keccak256("burn(uint256)")) ||
            selector == bytes4(keccak256("burn(uint256,bytes)")) ||
            selector == bytes4(keccak256("withdraw(uint256,address,address)")) ||
            selector == bytes4(keccak256("redeem(uint256,address,address)"))
        ) return 1;
        return 0;
    }
}
