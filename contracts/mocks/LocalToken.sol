// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title Play money
/// @notice An ERC-20 that anybody may mint, for local chains and tests. Worthless on purpose.
contract LocalToken is ERC20 {
    constructor(string memory name_, string memory symbol_) ERC20(name_, symbol_) {}

    /// @notice Makes money out of nothing.
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}
