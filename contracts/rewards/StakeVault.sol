// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IStakeVault} from "./interfaces/IStakeVault.sol";
import {CurrencyLib} from "./libraries/CurrencyLib.sol";

/// @title StakeVault
/// @dev The functions of modules (`lock`, `unlock`, `slash`, `jail`) call nobody: a hostile token can't get in their way.
contract StakeVault is IStakeVault, ReentrancyGuardTransient {
    struct Stake {
        // slot 0
        uint128 free;
        uint128 locked;
    }

    mapping(address module => mapping(address token => mapping(address account => Stake stake))) private _stakes;

    /// @inheritdoc IStakeVault
    mapping(address module => mapping(address account => uint48 until)) public jailedUntil;

    /// @inheritdoc IStakeVault
    mapping(address token => mapping(address recipient => uint256 amount)) public collectable;

    /// @inheritdoc IStakeVault
    mapping(address token => uint256 amount) public totalHeld;

    /// @inheritdoc IStakeVault
    function deposit(address module, address token, uint128 amount) external payable nonReentrant {
        if (amount == 0) revert StakeVault_NoAmount();
        uint256 needed = CurrencyLib.valueOf(token, amount);
        if (msg.value != needed) revert StakeVault_WrongValue(msg.value, needed);

        _stakes[module][token][msg.sender].free += amount;
        totalHeld[token] += amount;
        emit StakeDeposited(module, token, msg.sender, amount);

        uint256 received = CurrencyLib.take(token, amount);
        if (received != amount) revert StakeVault_WrongAmountReceived(token, received, amount);
    }

    /// @inheritdoc IStakeVault
    function withdraw(address module, address token, uint128 amount, address to) external nonReentrant {
        if (amount == 0) revert StakeVault_NoAmount();
        Stake storage stake = _stakes[module][token][msg.sender];
        _takeFree(stake, module, token, msg.sender, amount);
        emit StakeWithdrawn(module, token, msg.sender, to, amount);
        _send(token, to, amount);
    }

    /// @inheritdoc IStakeVault
    function lock(address account, address token, uint128 amount) external {
        if (amount == 0) revert StakeVault_NoAmount();
        uint48 until = jailedUntil[msg.sender][account];
        if (block.timestamp < until) revert StakeVault_Jailed(msg.sender, account, until);
        Stake storage stake = _stakes[msg.sender][token][account];
        _takeFree(stake, msg.sender, token, account, amount);
        stake.locked += amount;
        emit StakeLocked(msg.sender, token, account, amount);
    }

    /// @inheritdoc IStakeVault
    function unlock(address account, address token, uint128 amount) external {
        if (amount == 0) revert StakeVault_NoAmount();
        Stake storage stake = _stakes[msg.sender][token][account];
        uint128 locked = stake.locked;
        if (locked < amount) revert StakeVault_InsufficientLocked(msg.sender, token, account, locked, amount);
        stake.locked = locked - amount;
        stake.free += amount;
        emit StakeUnlocked(msg.sender, token, account, amount);
    }

    /// @inheritdoc IStakeVault
    function slash(
        address account,
        address token,
        uint128 amount,
        address recipient
    ) external returns (uint128 slashed) {
        Stake storage stake = _stakes[msg.sender][token][account];
        uint128 locked = stake.locked;
        slashed = amount < locked ? amount : locked;
        if (slashed == 0) return 0;
        stake.locked = locked - slashed;
        collectable[token][recipient] += slashed;
        emit StakeSlashed(msg.sender, token, account, recipient, slashed);
    }

    /// @inheritdoc IStakeVault
    function jail(address account, uint48 until) external {
        if (until <= jailedUntil[msg.sender][account]) return;
        jailedUntil[msg.sender][account] = until;
        emit AccountJailed(msg.sender, account, until);
    }

    /// @inheritdoc IStakeVault
    function collect(address token, address recipient) external nonReentrant returns (uint256 amount) {
        amount = collectable[token][recipient];
        if (amount == 0) revert StakeVault_NothingToCollect(token, recipient);
        collectable[token][recipient] = 0;
        emit SlashedStakeCollected(token, recipient, amount);
        _send(token, recipient, amount);
    }

    /// @inheritdoc IStakeVault
    function stakeOf(
        address module,
        address token,
        address account
    ) external view returns (uint256 free, uint256 locked) {
        Stake storage stake = _stakes[module][token][account];
        return (stake.free, stake.locked);
    }

    function _takeFree(Stake storage stake, address module, address token, address account, uint128 amount) private {
        uint128 free = stake.free;
        if (free < amount) revert StakeVault_InsufficientFree(module, token, account, free, amount);
        stake.free = free - amount;
    }

    function _send(address token, address to, uint256 amount) private {
        totalHeld[token] -= amount;
        CurrencyLib.send(token, to, amount);
    }
}
