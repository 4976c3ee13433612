// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPolicyBook} from "../../governance/interfaces/IPolicyBook.sol";
import {ITreasury} from "../../governance/interfaces/ITreasury.sol";

/// @title Founding of cooperatives
/// @notice Makes a whole cooperative in one transaction: treasury, governor, membership token, members and bylaws.
/// Keeps nothing and can do nothing afterwards. The addresses follow from the sender and every term, so a founding
/// can't be front-run into something else.
interface ICooperativeFactory {
    /// @notice A class and how it is decided.
    struct ClassPolicy {
        uint8 policyClass;
        IPolicyBook.Policy policy;
    }

    /// @notice An action, its class and what it spends. See `IPolicyBook.setRule`.
    struct ClassRule {
        address target;
        bytes4 selector;
        IPolicyBook.Rule rule;
    }

    /// @notice What a class may spend of a token in any period. See `ITreasury.setLimit`.
    struct ClassLimit {
        uint8 policyClass;
        address token;
        uint104 amount;
        uint32 period;
    }

    /// @notice Everything a cooperative starts with.
    /// @param name shown by wallets; at most `MAX_NAME` bytes.
    /// @param dids first members, at least one, at most `IMembership.MAX_BATCH`.
    /// @param policies the constitutional class first.
    /// @param rules actions below the constitutional class.
    /// @param limits what the classes below the constitutional one may spend; nothing where there is none.
    /// @param heir who gets the money when the last member has left (`ITreasury.dissolve`); the zero address: nobody.
    /// @param calls further calls made once in the treasury's name, such as appointing issuers of reputation.
    /// @param salt anything; another salt gives other addresses.
    struct FoundingTerms {
        string name;
        address[] dids;
        ClassPolicy[] policies;
        ClassRule[] rules;
        ClassLimit[] limits;
        address heir;
        ITreasury.Call[] calls;
        bytes32 salt;
    }

    /// @notice A cooperative exists. Emitted before every other event of the founding.
    event CooperativeFounded(
        address indexed cooperative,
        address indexed governor,
        address indexed founder,
        address membershipToken,
        string name
    );

    /// @notice The name is empty or too long.
    error CooperativeFactory_InvalidName(uint256 length, uint256 maximum);
    /// @notice A cooperative needs at least one member.
    error CooperativeFactory_NoMembers();
    /// @notice A cooperative without a constitutional policy could never decide anything.
    error CooperativeFactory_NoPolicies();

    /// @notice Longest name in bytes.
    function MAX_NAME() external view returns (uint256);

    /// @notice What treasuries are clones of.
    function TREASURY_IMPLEMENTATION() external view returns (address);

    /// @notice What governors are clones of; it also says which books of members and policies are used.
    function GOVERNOR_IMPLEMENTATION() external view returns (address);

    /// @notice What membership tokens are clones of.
    function TOKEN_IMPLEMENTATION() external view returns (address);

    /// @notice Founds a cooperative. Anybody may.
    /// @param terms everything it starts with.
    /// @return cooperative its Treasury.
    /// @return governor what decides for it.
    /// @return membershipToken its members as a token, for wallets.
    function found(
        FoundingTerms calldata terms
    ) external returns (address cooperative, address governor, address membershipToken);

    /// @notice Addresses that `found` would give to this founder and these terms.
    /// @param founder who is going to call `found`.
    function predict(
        address founder,
        FoundingTerms calldata terms
    ) external view returns (address cooperative, address governor, address membershipToken);
}
