// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Vm
/// @notice The cheatcodes that the tests use. Hardhat and Foundry answer them at the same address.
// solhint-disable-next-line interface-starts-with-i
interface Vm {
    /// @dev One log as `getRecordedLogs` returns it.
    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    function assume(bool condition) external pure;

    function prank(address sender) external;
    function startPrank(address sender) external;
    function stopPrank() external;

    function warp(uint256 timestamp) external;
    function roll(uint256 blockNumber) external;
    function chainId(uint256 id) external;
    function prevrandao(bytes32 value) external;
    function txGasPrice(uint256 price) external;
    function setBlockhash(uint256 blockNumber, bytes32 blockHash) external;

    function deal(address account, uint256 balance) external;
    function etch(address account, bytes calldata code) external;
    function load(address account, bytes32 slot) external view returns (bytes32 word);
    function store(address account, bytes32 slot, bytes32 word) external;

    function expectRevert() external;
    /// @dev The whole revert data is these four bytes: only for an error without arguments.
    function expectRevert(bytes4 selector) external;
    function expectRevert(bytes calldata data) external;
    /// @dev The revert data begins with `selector`, whatever the arguments.
    function expectPartialRevert(bytes4 selector) external;
    function expectEmit() external;
    function expectEmit(address emitter) external;
    function recordLogs() external;
    function getRecordedLogs() external returns (Log[] memory logs);

    function addr(uint256 privateKey) external pure returns (address account);
    function sign(uint256 privateKey, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
    function signP256(uint256 privateKey, bytes32 digest) external pure returns (bytes32 r, bytes32 s);
    function publicKeyP256(uint256 privateKey) external pure returns (uint256 x, uint256 y);
    function label(address account, string calldata name) external;
    function toString(uint256 value) external pure returns (string memory text);
    function snapshotGasLastCall(string calldata group, string calldata name) external returns (uint256 gasUsed);
}

/// @title TestBase
/// @notice What every Solidity test inherits: cheatcodes, assertions and the hooks of the invariant runner.
abstract contract TestBase {
    // solhint-disable-next-line const-name-snakecase
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    // orders of the curves, from which the other form of a signature is made
    uint256 internal constant SECP256K1_N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
    uint256 internal constant P256_N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551;

    /// @dev A target of the invariant runner together with the functions that it may call.
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    address[] private _targets;
    FuzzSelector[] private _selectors;

    error AssertTrue(string message);
    error AssertEqUint(uint256 actual, uint256 expected);
    error AssertEqInt(int256 actual, int256 expected);
    error AssertEqAddress(address actual, address expected);
    error AssertEqBytes32(bytes32 actual, bytes32 expected);
    error AssertEqBool(bool actual, bool expected);
    error AssertEqString(string actual, string expected);
    error AssertEqBytes(bytes actual, bytes expected);
    error AssertNotEq(bytes32 value);
    error AssertLe(uint256 actual, uint256 maximum);
    error AssertGe(uint256 actual, uint256 minimum);
    error AssertApprox(uint256 actual, uint256 expected, uint256 tolerance);

    /// @notice Read by the invariant runner: the contracts that it calls.
    function targetContracts() public view returns (address[] memory targets) {
        return _targets;
    }

    /// @notice Read by the invariant runner: the functions that it calls.
    function targetSelectors() public view returns (FuzzSelector[] memory selectors) {
        return _selectors;
    }

    function targetContract(address target) internal {
        _targets.push(target);
    }

    function targetSelector(FuzzSelector memory selector) internal {
        _selectors.push(selector);
    }

    function assertTrue(bool condition) internal pure {
        if (!condition) revert AssertTrue("");
    }

    function assertTrue(bool condition, string memory message) internal pure {
        if (!condition) revert AssertTrue(message);
    }

    function assertFalse(bool condition) internal pure {
        if (condition) revert AssertTrue("expected false");
    }

    function assertEq(uint256 actual, uint256 expected) internal pure {
        if (actual != expected) revert AssertEqUint(actual, expected);
    }

    function assertEq(int256 actual, int256 expected) internal pure {
        if (actual != expected) revert AssertEqInt(actual, expected);
    }

    function assertEq(address actual, address expected) internal pure {
        if (actual != expected) revert AssertEqAddress(actual, expected);
    }

    function assertEq(bytes32 actual, bytes32 expected) internal pure {
        if (actual != expected) revert AssertEqBytes32(actual, expected);
    }

    function assertEq(bool actual, bool expected) internal pure {
        if (actual != expected) revert AssertEqBool(actual, expected);
    }

    function assertEq(string memory actual, string memory expected) internal pure {
        if (keccak256(bytes(actual)) != keccak256(bytes(expected))) revert AssertEqString(actual, expected);
    }

    function assertEq(bytes memory actual, bytes memory expected) internal pure {
        if (keccak256(actual) != keccak256(expected)) revert AssertEqBytes(actual, expected);
    }

    function assertNotEq(uint256 actual, uint256 other) internal pure {
        if (actual == other) revert AssertNotEq(bytes32(actual));
    }

    function assertNotEq(address actual, address other) internal pure {
        if (actual == other) revert AssertNotEq(bytes32(uint256(uint160(actual))));
    }

    function assertNotEq(bytes32 actual, bytes32 other) internal pure {
        if (actual == other) revert AssertNotEq(actual);
    }

    function assertLe(uint256 actual, uint256 maximum) internal pure {
        if (actual > maximum) revert AssertLe(actual, maximum);
    }

    function assertGe(uint256 actual, uint256 minimum) internal pure {
        if (actual < minimum) revert AssertGe(actual, minimum);
    }

    /// @dev Equal up to `tolerance`, in the unit of the values.
    function assertApprox(uint256 actual, uint256 expected, uint256 tolerance) internal pure {
        uint256 difference = actual > expected ? actual - expected : expected - actual;
        if (difference > tolerance) revert AssertApprox(actual, expected, tolerance);
    }

    /// @dev Maps a fuzzed `x` into [`min`, `max`]; values already inside stay as they are.
    function bound(uint256 x, uint256 min, uint256 max) internal pure returns (uint256 result) {
        if (x >= min && x <= max) return x;
        uint256 size = max - min;
        if (size == type(uint256).max) return x;
        return min + (x % (size + 1));
    }

    /// @dev What is signed under EIP-712, by hand: independent of the domain that the contract builds. The version is 1.
    function typedDigest(string memory name, address verifier, bytes32 structHash) internal view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256(bytes(name)),
                keccak256("1"),
                block.chainid,
                verifier
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }

    /// @dev The signature of a secp256k1 key, in 65 bytes.
    function signatureOf(uint256 privateKey, bytes32 digest) internal pure returns (bytes memory signature) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(privateKey, digest);
        return abi.encodePacked(r, s, v);
    }

    /// @dev The signature of a P-256 key, in 64 bytes, in the lower of its two forms.
    function p256SignatureOf(uint256 privateKey, bytes32 digest) internal pure returns (bytes memory signature) {
        (bytes32 r, bytes32 s) = vm.signP256(privateKey, digest);
        if (uint256(s) > P256_N / 2) s = bytes32(P256_N - uint256(s));
        return abi.encodePacked(r, s);
    }

    /// @dev The account of a private key derived from `name`, labelled with it.
    function makeAccount(string memory name) internal returns (address account, uint256 privateKey) {
        privateKey = uint256(keccak256(bytes(name)));
        account = vm.addr(privateKey);
        vm.label(account, name);
    }
}
