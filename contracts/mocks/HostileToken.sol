// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title HostileToken
/// @notice For tests: an ERC-20 that is honest until it is told to take a fee, to return false, to refuse a
/// recipient, or to call somebody during a transfer.
contract HostileToken is ERC20 {
    uint256 public fee;
    bool public failing;
    address public blocked;
    address private _hookTarget;
    bytes private _hookData;
    bool public hookSucceeded;

    error HostileToken_Blocked(address recipient);

    constructor() ERC20("Hostile", "HOST") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function setFee(uint256 value) external {
        fee = value;
    }

    function setFailing(bool value) external {
        failing = value;
    }

    function setBlocked(address recipient) external {
        blocked = recipient;
    }

    /// @notice `target` is called with `data` in every transfer.
    function setHook(address target, bytes calldata data) external {
        _hookTarget = target;
        _hookData = data;
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        if (failing) return false;
        return super.transfer(to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        if (failing) return false;
        return super.transferFrom(from, to, amount);
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (to == blocked && to != address(0)) revert HostileToken_Blocked(to);
        // solhint-disable-next-line avoid-low-level-calls
        if (_hookTarget != address(0)) (hookSucceeded, ) = _hookTarget.call(_hookData);
        uint256 taken = from == address(0) ? 0 : fee;
        if (taken != 0) super._update(from, address(0xfee), taken);
        super._update(from, to, amount - taken);
    }
}
