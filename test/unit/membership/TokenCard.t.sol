// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TokenCardLib} from "../../../contracts/membership/libraries/TokenCardLib.sol";
import {TestBase} from "../Vm.sol";

/// @dev Branches: TokenCard.tree. What a wallet reads is tested in test/integration/membership-token.test.ts.
contract TokenCardTest is TestBase {
    function test_MEM26_escapeXML_leavesNoMarkup() public pure {
        assertEq(
            TokenCardLib.escapeXML("</text><script>'a'&\"b\"</script>"),
            "&lt;/text&gt;&lt;script&gt;&apos;a&apos;&amp;&quot;b&quot;&lt;/script&gt;"
        );
    }

    function test_MEM26_escapeXML_turnsControlCharactersIntoSpaces() public pure {
        assertEq(TokenCardLib.escapeXML("a\x00\n\x1fb"), "a   b");
    }

    function test_MEM26_escapeXML_leavesOtherTextAlone() public pure {
        assertEq(TokenCardLib.escapeXML(unicode"Артель № 1"), unicode"Артель № 1");
        assertEq(TokenCardLib.escapeXML(""), "");
    }

    function testFuzz_MEM26_escapeXML_neverLeavesMarkup(bytes memory text) public pure {
        bytes memory escaped = bytes(TokenCardLib.escapeXML(string(text)));
        for (uint256 i; i < escaped.length; ++i) {
            bytes1 char = escaped[i];
            assertTrue(char >= 0x20 && char != "<" && char != ">" && char != "'" && char != bytes1(0x22));
        }
    }
}
