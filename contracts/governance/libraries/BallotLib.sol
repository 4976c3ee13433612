// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Ballots of four bits
/// @notice 64 members share a word. A ballot is 0 none, 1-4 by proxy, 5-8 own, 9-12 own and changed; its support is
/// `(ballot - 1) & 3`.
library BallotLib {
    /// @notice The kinds of support: against, for, abstain, veto.
    uint256 internal constant SUPPORTS = 4;

    uint256 private constant PROXIED = 1;
    uint256 private constant OWN = 5;
    uint256 private constant CHANGED = 9;

    /// @notice Whether the member has voted in person.
    function isOwn(uint256 ballot) internal pure returns (bool) {
        return ballot >= OWN;
    }

    /// @notice Whether the member has changed a ballot of their own; no signature is taken from then on.
    function isChanged(uint256 ballot) internal pure returns (bool) {
        return ballot >= CHANGED;
    }

    /// @notice Support of a ballot, which must not be none.
    function supportOf(uint256 ballot) internal pure returns (uint256) {
        return (ballot - 1) & 3;
    }

    /// @notice A ballot cast by the member's proxy.
    function proxied(uint256 support) internal pure returns (uint256) {
        return PROXIED + support;
    }

    /// @notice A first or changed ballot of the member's own.
    function own(uint256 support, bool changed) internal pure returns (uint256) {
        return (changed ? CHANGED : OWN) + support;
    }

    /// @notice Ballot of a member.
    function read(
        mapping(uint256 index => uint256 word) storage words,
        uint256 number
    ) internal view returns (uint256 ballot) {
        return ballotIn(wordOf(words, number), number);
    }

    /// @notice The word that holds a member's ballot.
    function wordOf(
        mapping(uint256 index => uint256 word) storage words,
        uint256 number
    ) internal view returns (uint256 word) {
        return words[number >> 6];
    }

    /// @notice Ballot of a member in its word.
    function ballotIn(uint256 word, uint256 number) internal pure returns (uint256 ballot) {
        return (word >> _shift(number)) & 15;
    }

    /// @notice The word with the ballot of a member who had none.
    function addIn(uint256 word, uint256 number, uint256 ballot) internal pure returns (uint256 added) {
        return word | (ballot << _shift(number));
    }

    /// @notice The word with another ballot of a member.
    function replaceIn(uint256 word, uint256 number, uint256 ballot) internal pure returns (uint256 replaced) {
        uint256 shift = _shift(number);
        return (word & ~(15 << shift)) | (ballot << shift);
    }

    function _shift(uint256 number) private pure returns (uint256) {
        return (number & 63) << 2;
    }
}
