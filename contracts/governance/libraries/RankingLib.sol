// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Ballots of an election
/// @notice A ballot takes 64 bits, four members share a word: the lowest four bits say how it came, 0 none, 1 first,
/// 2 changed; then places on the paper, four bits each, the first choice lowest, up to 15 of them, 0 after the last.
library RankingLib {
    /// @notice Most places on a paper.
    uint256 internal constant PLACES = 15;
    /// @notice A ballot that no signature changes any more.
    uint256 internal constant CHANGED = 2;

    /// @notice Ballot of a member.
    function read(
        mapping(uint256 index => uint256 word) storage words,
        uint256 number
    ) internal view returns (uint256 ballot) {
        return uint64(words[number >> 2] >> _shift(number)); // the member's lane of the word
    }

    /// @notice Replaces the ballot of a member.
    function write(mapping(uint256 index => uint256 word) storage words, uint256 number, uint256 ballot) internal {
        uint256 mask = uint256(type(uint64).max) << _shift(number);
        words[number >> 2] = (words[number >> 2] & ~mask) | (ballot << _shift(number));
    }

    /// @notice How a ballot came: the nonce of the next signature.
    function stateOf(uint256 ballot) internal pure returns (uint256 state) {
        return ballot & 15;
    }

    /// @notice The choices of a ballot, packed.
    function rankingOf(uint256 ballot) internal pure returns (uint256 ranking) {
        return ballot >> 4;
    }

    /// @notice A ballot with these choices.
    function compose(uint256 ranking, bool isChange) internal pure returns (uint256) {
        return (ranking << 4) | (isChange ? CHANGED : 1);
    }

    /// @notice Packs choices. They are valid if each is a place on the paper and none is named twice.
    function pack(uint8[] calldata choices, uint256 places) internal pure returns (uint256 ranking, bool isValid) {
        if (choices.length > places) return (0, false); // before the loop, which so has 15 turns at most
        uint256 seen;
        for (uint256 i; i < choices.length; ++i) {
            uint256 place = choices[i];
            if (place == 0 || place > places || seen & (1 << place) != 0) return (0, false);
            seen |= 1 << place;
            ranking |= place << (i << 2);
        }
        return (ranking, true);
    }

    /// @notice Choices, as they were packed.
    function unpack(uint256 ranking) internal pure returns (uint8[] memory choices) {
        uint256 length;
        while (ranking >> (length << 2) != 0) ++length;
        choices = new uint8[](length);
        for (uint256 i; i < length; ++i) choices[i] = uint8((ranking >> (i << 2)) & 15); // four bits
    }

    function _shift(uint256 number) private pure returns (uint256) {
        return (number & 3) << 6;
    }
}
