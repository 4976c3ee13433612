// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Functions that carry other calls, or say who may make them
library WrapperLib {
    /// @notice Whether a call with this selector can hide another action, hand a power on, or give away what no amount
    /// measures.
    /// @dev Selectors name functions wherever they are, so an unrelated function with one of these signatures is
    /// listed too. That errs on the safe side, as does every function missing here: without a rule it is
    /// constitutional anyway.
    function isWrapper(bytes4 selector) internal pure returns (bool) {
        return
            _batches(selector) ||
            _executes(selector) ||
            _schedules(selector) ||
            _replaces(selector) ||
            _grants(selector) ||
            _entrusts(selector);
    }

    /// @dev Multicall, Multicall3.
    function _batches(bytes4 selector) private pure returns (bool) {
        return
            selector == bytes4(keccak256("multicall(bytes[])")) ||
            selector == bytes4(keccak256("multicall(uint256,bytes[])")) ||
            selector == bytes4(keccak256("multicall(bytes32,bytes[])")) ||
            selector == bytes4(keccak256("aggregate((address,bytes)[])")) ||
            selector == bytes4(keccak256("aggregate3((address,bool,bytes)[])")) ||
            selector == bytes4(keccak256("aggregate3Value((address,bool,uint256,bytes)[])")) ||
            selector == bytes4(keccak256("blockAndAggregate((address,bytes)[])")) ||
            selector == bytes4(keccak256("tryAggregate(bool,(address,bytes)[])")) ||
            selector == bytes4(keccak256("tryBlockAndAggregate(bool,(address,bytes)[])"));
    }

    /// @dev AccessManager, governors, timelocks, smart accounts (ERC-4337, -7579, -7821), Safe, delegatecall helpers.
    function _executes(bytes4 selector) private pure returns (bool) {
        return
            selector == bytes4(keccak256("execute(bytes)")) ||
            selector == bytes4(keccak256("execute(uint256)")) ||
            selector == bytes4(keccak256("execute(address,bytes)")) ||
            selector == bytes4(keccak256("execute(bytes32,bytes)")) ||
            selector == bytes4(keccak256("execute(address,uint256,bytes)")) ||
            selector == bytes4(keccak256("execute(address,uint256,bytes,uint8)")) ||
            selector == bytes4(keccak256("execute(address,uint256,bytes,bytes32,bytes32)")) ||
            selector == bytes4(keccak256("execute(address[],uint256[],bytes[],bytes32)")) ||
            selector == bytes4(keccak256("execute(uint256,uint8,address,address[],uint256[],bytes[])")) ||
            selector == bytes4(keccak256("executeBatch(address[],bytes[])")) ||
            selector == bytes4(keccak256("executeBatch(address[],uint256[],bytes[])")) ||
            selector == bytes4(keccak256("executeBatch((address,uint256,bytes)[])")) ||
            selector == bytes4(keccak256("executeBatch(address[],uint256[],bytes[],bytes32,bytes32)")) ||
            selector == bytes4(keccak256("executeFromExecutor(bytes32,bytes)")) ||
            selector == bytes4(keccak256("execTransactionFromModule(address,uint256,bytes,uint8)")) ||
            selector == bytes4(keccak256("execTransactionFromModuleReturnData(address,uint256,bytes,uint8)")) ||
            selector ==
                bytes4(
                    keccak256(
                        "execTransaction(address,uint256,bytes,uint8,uint256,uint256,uint256,address,address,bytes)"
                    )
                ) ||
            selector == bytes4(keccak256("relay(address,uint256,bytes)")) ||
            selector == bytes4(keccak256("delegateCall(address,bytes)")) ||
            selector == bytes4(keccak256("delegatecall(address,bytes)")) ||
            selector == bytes4(keccak256("functionDelegateCall(address,bytes)"));
    }

    /// @dev AccessManager, timelocks, automations.
    function _schedules(bytes4 selector) private pure returns (bool) {
        return
            selector ==
                bytes4(
                    keccak256("authorise((bytes32,address,uint8,uint96,uint96,uint32,uint48,uint96,address,bytes))")
                ) ||
            selector == bytes4(keccak256("schedule(address,bytes,uint48)")) ||
            selector == bytes4(keccak256("schedule(address,uint256,bytes,bytes32,bytes32,uint256)")) ||
            selector == bytes4(keccak256("scheduleBatch(address[],uint256[],bytes[],bytes32,bytes32,uint256)")) ||
            selector == bytes4(keccak256("cancel(address,address,bytes)"));
    }

    /// @dev Proxies, diamonds.
    function _replaces(bytes4 selector) private pure returns (bool) {
        return
            selector == bytes4(keccak256("upgradeTo(address)")) ||
            selector == bytes4(keccak256("upgradeToAndCall(address,bytes)")) ||
            selector == bytes4(keccak256("upgrade(address,address)")) ||
            selector == bytes4(keccak256("upgradeAndCall(address,address,bytes)")) ||
            selector == bytes4(keccak256("changeAdmin(address)")) ||
            selector == bytes4(keccak256("changeProxyAdmin(address,address)")) ||
            selector == bytes4(keccak256("diamondCut((address,uint8,bytes4[])[],address,bytes)"));
    }

    /// @dev AccessManager, AccessManaged, AccessControl, Ownable, identities (ERC-1056).
    function _grants(bytes4 selector) private pure returns (bool) {
        return
            selector == bytes4(keccak256("labelRole(uint64,string)")) ||
            selector == bytes4(keccak256("setAuthority(address)")) ||
            selector == bytes4(keccak256("updateAuthority(address,address)")) ||
            selector == bytes4(keccak256("grantRole(uint64,address,uint32)")) ||
            selector == bytes4(keccak256("grantRole(bytes32,address)")) ||
            selector == bytes4(keccak256("revokeRole(uint64,address)")) ||
            selector == bytes4(keccak256("revokeRole(bytes32,address)")) ||
            selector == bytes4(keccak256("renounceRole(uint64,address)")) ||
            selector == bytes4(keccak256("renounceRole(bytes32,address)")) ||
            selector == bytes4(keccak256("setRoleAdmin(uint64,uint64)")) ||
            selector == bytes4(keccak256("setRoleGuardian(uint64,uint64)")) ||
            selector == bytes4(keccak256("setGrantDelay(uint64,uint32)")) ||
            selector == bytes4(keccak256("setTargetFunctionRole(address,bytes4[],uint64)")) ||
            selector == bytes4(keccak256("setTargetAdminDelay(address,uint32)")) ||
            selector == bytes4(keccak256("setTargetClosed(address,bool)")) ||
            selector == bytes4(keccak256("transferOwnership(address)")) ||
            selector == bytes4(keccak256("renounceOwnership()")) ||
            selector == bytes4(keccak256("changeOwner(address,address)")) ||
            selector == bytes4(keccak256("setGuardians(address,address[],uint8,uint8,uint32)"));
    }

    /// @dev Allowances that have no amount, or are made by a signature, tokens of which each is its own, and all that the
    /// rewards of this suite owe, sent elsewhere.
    function _entrusts(bytes4 selector) private pure returns (bool) {
        return
            selector == bytes4(keccak256("setApprovalForAll(address,bool)")) ||
            selector == bytes4(keccak256("setOperator(address,bool)")) ||
            selector == bytes4(keccak256("authorizeOperator(address)")) ||
            selector == bytes4(keccak256("operatorSend(address,address,uint256,bytes,bytes)")) ||
            selector == bytes4(keccak256("permit(address,address,uint256,uint256,uint8,bytes32,bytes32)")) ||
            selector == bytes4(keccak256("permit(address,address,uint256,uint256,bytes)")) ||
            selector == bytes4(keccak256("permit(address,address,uint256,uint256,bool,uint8,bytes32,bytes32)")) ||
            selector == bytes4(keccak256("approve(address,address,uint160,uint48)")) ||
            selector == bytes4(keccak256("approve(address,uint256,uint256)")) ||
            selector == bytes4(keccak256("transfer(address,uint256,uint256)")) ||
            selector == bytes4(keccak256("transferFrom(address,address,uint256,uint256)")) ||
            selector == bytes4(keccak256("safeTransferFrom(address,address,uint256)")) ||
            selector == bytes4(keccak256("safeTransferFrom(address,address,uint256,bytes)")) ||
            selector == bytes4(keccak256("safeTransferFrom(address,address,uint256,uint256,bytes)")) ||
            selector == bytes4(keccak256("safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)")) ||
            selector == bytes4(keccak256("collectTo(address,address)")) ||
            selector == bytes4(keccak256("claimTo(uint256[],address)"));
    }
}
