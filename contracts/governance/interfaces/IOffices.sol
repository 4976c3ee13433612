// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Offices
/// @notice Who holds an office of a cooperative now. What the holder of an office may do is for whoever asks.
interface IOffices {
    /// @notice The term in which a member holds an office now. Only members in standing hold offices: whoever leaves or is
    /// suspended holds none, the latter until reinstated.
    /// @param office name of the office, such as `keccak256("guardian")`.
    /// @return election by which the member holds it; 0: does not hold it.
    /// @return until second from which the term is over; 0 with `election`.
    function termOf(
        address cooperative,
        bytes32 office,
        uint256 memberNumber
    ) external view returns (uint256 election, uint48 until);
}
