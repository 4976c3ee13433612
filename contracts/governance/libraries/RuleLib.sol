// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPolicyBook} from "../interfaces/IPolicyBook.sol";

/// @title What a rule says of an action
/// @notice A rule is one word, lowest bits first: class + 1 (0: no rule) 8 | amount argument 8 | token argument 8 |
/// in struct 8
library RuleLib {
    /// @notice As `amountArgument`: what the action spends is the native currency that it carries.
    uint8 internal constant VALUE_ONLY = 255;

    uint256 private constant SELECTOR = 4;
    uint256 private constant WORD = 32;

    /// @notice Name of the first field that contradicts another, empty if there is none.
    function invalidField(IPolicyBook.Rule memory rule) internal pure returns (string memory field) {
        bool readsArguments = rule.amountArgument != 0 && rule.amountArgument != VALUE_ONLY;
        if (!readsArguments && rule.inStruct) return "inStruct";
        if (rule.tokenArgument == 0) return "";
        if (!readsArguments || rule.tokenArgument == rule.amountArgument) return "tokenArgument";
    }

    /// @notice Packs a rule.
    function pack(IPolicyBook.Rule memory rule) internal pure returns (uint32 word) {
        word = uint32(rule.policyClass) + 1;
        word |= uint32(rule.amountArgument) << 8;
        word |= uint32(rule.tokenArgument) << 16;
        if (rule.inStruct) word |= 1 << 24;
    }

    /// @notice Class of a rule that exists.
    function policyClass(uint32 word) internal pure returns (uint8) {
        return uint8(word) - 1; // cuts one field out of the word
    }

    /// @notice Whether the rule says what its action spends.
    function isMetered(uint32 word) internal pure returns (bool) {
        return uint8(word >> 8) != 0;
    }

    /// @notice What an action spends beside the native currency it carries.
    /// @return isReadable whether the calldata has what the rule reads, where and as an honest encoder puts it.
    /// @return token the zero address if it spends no token.
    /// @return amount 0 if it spends no token.
    function spending(
        uint32 word,
        address target,
        bytes calldata data
    ) internal pure returns (bool isReadable, address token, uint256 amount) {
        uint256 amountArgument = uint8(word >> 8);
        if (amountArgument == 0 || amountArgument == VALUE_ONLY) return (true, address(0), 0);
        uint256 start = SELECTOR;
        if (word >> 24 != 0) {
            // A decoder follows the offset; read where it does not lead, the words would be decoys.
            if (data.length < SELECTOR + WORD || _word(data, SELECTOR) != WORD) return (false, address(0), 0);
            start += WORD;
        }
        uint256 tokenArgument = uint8(word >> 16);
        uint256 last = amountArgument > tokenArgument ? amountArgument : tokenArgument;
        if (data.length < start + last * WORD) return (false, address(0), 0);
        token = target;
        if (tokenArgument != 0) {
            uint256 named = _word(data, start + (tokenArgument - 1) * WORD);
            if (named > type(uint160).max) return (false, address(0), 0);
            token = address(uint160(named)); // checked above
        }
        // The zero address stands for native currency, of which an action spends what it carries and no more.
        if (token != address(0)) amount = _word(data, start + (amountArgument - 1) * WORD);
        return (true, token, amount);
    }

    function _word(bytes calldata data, uint256 offset) private pure returns (uint256) {
        return uint256(bytes32(data[offset:offset + WORD]));
    }
}
