// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Base64} from "@openzeppelin/contracts/utils/Base64.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

/// @title A membership as a card
/// @notice ERC-721 metadata with its image, in data URLs. The name is text that founders chose: escaped wherever it
/// goes, so that it can't add a field to the JSON nor an element to the image.
library TokenCardLib {
    // solhint-disable quotes

    /// @notice Metadata of member `number` of the cooperative `name`.
    function uri(
        string memory name,
        uint256 number,
        address did,
        bool suspended
    ) internal view returns (string memory) {
        string memory title = string.concat("Member ", Strings.toString(number));
        string memory didText = _didText(did);
        string memory standing = suspended ? "suspended" : "active";
        string memory json = string.concat(
            string.concat('{"name":"', Strings.escapeJSON(name), " member ", Strings.toString(number)),
            '","description":"Membership: one member, one vote, not transferable.","image":"data:image/svg+xml;base64,',
            Base64.encode(bytes(_svg(escapeXML(name), title, didText, standing))),
            string.concat(
                '","attributes":[{"trait_type":"Number","value":',
                Strings.toString(number),
                '},{"trait_type":"DID","value":"',
                didText,
                '"},{"trait_type":"Standing","value":"',
                standing,
                '"}]}'
            )
        );
        return string.concat("data:application/json;base64,", Base64.encode(bytes(json)));
    }

    /// @notice Text as it stands in XML. Control characters, which XML 1.0 does not know, become spaces.
    function escapeXML(string memory text) internal pure returns (string memory escaped) {
        bytes memory input = bytes(text);
        bytes memory output;
        for (uint256 i; i < input.length; ++i) {
            bytes1 char = input[i];
            if (char == "&") output = bytes.concat(output, "&amp;");
            else if (char == "<") output = bytes.concat(output, "&lt;");
            else if (char == ">") output = bytes.concat(output, "&gt;");
            else if (char == '"') output = bytes.concat(output, "&quot;");
            else if (char == "'") output = bytes.concat(output, "&apos;");
            else output = bytes.concat(output, char < 0x20 ? bytes1(" ") : char);
        }
        return string(output);
    }

    function _svg(
        string memory name,
        string memory title,
        string memory did,
        string memory standing
    ) private pure returns (string memory) {
        return
            string.concat(
                '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 360" font-family="sans-serif" fill="#fff">',
                '<rect width="640" height="360" rx="24" fill="#1f3d36"/>',
                _text("72", "18", name),
                _text("190", "64", title),
                _text("280", "16", standing),
                _text("316", "12", did),
                "</svg>"
            );
    }

    function _text(string memory y, string memory size, string memory content) private pure returns (string memory) {
        return string.concat('<text x="40" y="', y, '" font-size="', size, '">', content, "</text>");
    }

    // solhint-enable quotes

    /// @dev The DID of an address on this chain, as did:ethr writes it.
    function _didText(address did) private view returns (string memory) {
        return
            string.concat(
                "did:ethr:",
                block.chainid == 1 ? "" : string.concat(Strings.toHexString(block.chainid), ":"),
                Strings.toChecksumHexString(did)
            );
    }
}
