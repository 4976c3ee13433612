// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Seats of a holder of proxies
/// @notice Each names the proxy that sits there, or sat there last: whether it does is for the proxy to say. Six in a word.
/// @dev A lane of 40 bits: principal 32 | topic 8. An empty lane is no proxy, for member numbers start at 1.
library SeatLib {
    uint256 private constant LANE = 40;
    uint256 private constant LANES = 6;
    uint256 private constant MASK = (1 << LANE) - 1;

    /// @notice The proxy named by a seat; principal 0 if it was never taken.
    function read(
        mapping(uint256 index => uint256 word) storage self,
        uint16 seat
    ) internal view returns (uint256 principal, uint8 topic) {
        uint256 lane = (self[seat / LANES] >> _shift(seat)) & MASK;
        return (lane >> 8, uint8(lane)); // the second is the lowest field
    }

    /// @notice Seats a proxy.
    function write(
        mapping(uint256 index => uint256 word) storage self,
        uint16 seat,
        uint32 principal,
        uint8 topic
    ) internal {
        uint256 shift = _shift(seat);
        uint256 lane = (uint256(principal) << 8) | topic;
        self[seat / LANES] = (self[seat / LANES] & ~(MASK << shift)) | (lane << shift);
    }

    function _shift(uint16 seat) private pure returns (uint256) {
        return (seat % LANES) * LANE;
    }
}
