// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {SignerLib} from "../identity/libraries/SignerLib.sol";
import {Authorization} from "../identity/types/Authorization.sol";
import {IMembership} from "./interfaces/IMembership.sol";
import {IProxies} from "./interfaces/IProxies.sol";
import {SeatLib} from "./libraries/SeatLib.sol";

/// @title Proxies
/// @notice See `IProxies`. Several calls, such as handing signed namings in and accepting them, fit one transaction by
/// `multicall`.
/// @dev A proxy in force is in the seat that it names, and no other is: `accept` writes both, only into seats whose last
/// proxy is no longer there, and every way back into a seat leads through `accept`.
contract Proxies is IProxies, EIP712, Multicall {
    using SafeCast for uint256;
    using SeatLib for mapping(uint256 index => uint256 word);
    using SignerLib for bytes;

    struct Limits {
        uint16 held; // slot 0
        uint8 passes;
        uint32 duration;
    }

    bytes32 private constant NAMING_TYPE = keccak256(
        "Naming(address cooperative,uint256 principal,uint8 topic,uint256 holder,uint48 until,uint8 passes,"
        "uint64 version,uint256 deadline)"
    );
    bytes32 private constant REVOCATION_TYPE = keccak256(
        "Revocation(address cooperative,uint256 principal,uint8 topic,uint64 version,uint256 deadline)"
    );

    /// @inheritdoc IProxies
    uint8 public constant ALL_TOPICS = type(uint8).max;
    // Classes of the PolicyBook; one bit each in `Proxy.topics`.
    uint8 private constant TOPICS = 8;

    /// @inheritdoc IProxies
    IMembership public immutable MEMBERSHIP;

    /// @inheritdoc IProxies
    mapping(address cooperative => Limits limits) public limitsOf;

    mapping(address cooperative => mapping(uint8 topic => mapping(uint256 principal => Proxy proxy))) private _proxies;
    mapping(address cooperative => mapping(uint256 holder => mapping(uint256 index => uint256 word))) private _seats;

    /// @param membership the book of all members.
    constructor(IMembership membership) EIP712("Artel Proxies", "1") {
        MEMBERSHIP = membership;
    }

    /// @inheritdoc IProxies
    function setLimits(uint16 held, uint8 passes, uint32 duration) external {
        limitsOf[msg.sender] = Limits(held, passes, duration);
        emit ProxyLimitsSet(msg.sender, held, passes, duration);
    }

    /// @inheritdoc IProxies
    function nameProxy(address cooperative, Naming calldata naming) external {
        _name(cooperative, _requireStanding(cooperative, msg.sender), naming);
    }

    /// @inheritdoc IProxies
    function nameProxyBySig(
        address cooperative,
        uint256 principal,
        Naming calldata naming,
        uint64 version,
        Authorization calldata authorization
    ) external {
        uint64 current = _proxies[cooperative][naming.topic][principal].version;
        if (version != current) {
            revert Proxies_StaleSignature(cooperative, principal, naming.topic, version, current);
        }
        bytes memory encoded = abi.encode(
            NAMING_TYPE,
            cooperative,
            principal,
            naming.topic,
            naming.holder,
            naming.until,
            naming.passes,
            version,
            authorization.deadline
        );
        address account = _requireSigned(cooperative, principal, keccak256(encoded), authorization);
        // A former member's account may be in standing under another number.
        if (_requireStanding(cooperative, account) != principal) revert Proxies_NotInStanding(cooperative, account);
        _name(cooperative, principal, naming);
    }

    /// @inheritdoc IProxies
    function accept(address cooperative, uint256 principal, uint8 topic, uint16 seat) external {
        uint256 number = _requireStanding(cooperative, msg.sender);
        Proxy memory proxy = _proxies[cooperative][topic][principal];
        if (proxy.offeredTo != number || block.timestamp >= proxy.until) {
            revert Proxies_NotOffered(cooperative, principal, topic, number);
        }
        if (proxy.holder != 0) {
            _requirePassable(cooperative, principal, topic, proxy);
            ++proxy.passed;
        }
        _takeSeat(cooperative, number, seat, principal, topic);
        proxy.holder = proxy.offeredTo;
        proxy.offeredTo = 0;
        proxy.since = block.timestamp.toUint40();
        proxy.seat = seat;
        _proxies[cooperative][topic][principal] = proxy;
        if (topic != ALL_TOPICS) {
            Proxy storage general = _proxies[cooperative][ALL_TOPICS][principal];
            general.topics |= _bit(topic);
        }
        emit ProxyAccepted(cooperative, principal, number, topic, seat, proxy.passed);
    }

    /// @inheritdoc IProxies
    function passOn(address cooperative, uint256 principal, uint8 topic, uint32 holder) external {
        uint256 number = _requireStanding(cooperative, msg.sender);
        Proxy storage stored = _proxies[cooperative][topic][principal];
        Proxy memory proxy = stored;
        if (proxy.holder != number || block.timestamp >= proxy.until) {
            revert Proxies_NotHeld(cooperative, principal, topic, number);
        }
        _requirePassable(cooperative, principal, topic, proxy);
        if (holder == number) revert Proxies_InvalidHolder(cooperative, principal, holder);
        _requireHolder(cooperative, principal, holder);
        stored.offeredTo = holder;
        emit ProxyPassedOn(cooperative, principal, number, holder, topic);
    }

    /// @inheritdoc IProxies
    function drop(address cooperative, uint256 principal, uint8 topic) external {
        uint256 number = _requireMember(cooperative);
        Proxy memory proxy = _proxies[cooperative][topic][principal];
        if (proxy.offeredTo == number) {
            proxy.offeredTo = 0;
        } else if (proxy.holder == number) {
            proxy = _ended(proxy, proxy.version);
        } else {
            revert Proxies_NotHeld(cooperative, principal, topic, number);
        }
        _proxies[cooperative][topic][principal] = proxy;
        emit ProxyDropped(cooperative, principal, number, topic);
    }

    /// @inheritdoc IProxies
    function revoke(address cooperative, uint8 topic) external {
        uint256 principal = _requireMember(cooperative);
        _revoke(cooperative, principal, topic, _proxies[cooperative][topic][principal].version);
    }

    /// @inheritdoc IProxies
    function revokeBySig(
        address cooperative,
        uint256 principal,
        uint8 topic,
        uint64 version,
        Authorization calldata authorization
    ) external {
        uint64 current = _proxies[cooperative][topic][principal].version;
        if (version < current) revert Proxies_StaleSignature(cooperative, principal, topic, version, current);
        bytes memory encoded = abi.encode(
            REVOCATION_TYPE,
            cooperative,
            principal,
            topic,
            version,
            authorization.deadline
        );
        _requireSigned(cooperative, principal, keccak256(encoded), authorization);
        _revoke(cooperative, principal, topic, version);
    }

    /// @inheritdoc IProxies
    function ballotRights(
        address cooperative,
        address holder,
        uint8 topic,
        uint256 standingAt,
        uint256 heldAt,
        uint256[] calldata principals
    ) external view returns (uint256[] memory numbers) {
        uint256 number = MEMBERSHIP.ballotRight(cooperative, holder, standingAt);
        if (standingAt != heldAt && number != 0) number = MEMBERSHIP.ballotRight(cooperative, holder, heldAt);
        if (number == 0) return new uint256[](principals.length);
        numbers = MEMBERSHIP.numbersInStanding(cooperative, principals, standingAt, heldAt);
        Limits memory limits = limitsOf[cooperative];
        mapping(uint256 principal => Proxy proxy) storage general = _proxies[cooperative][ALL_TOPICS];
        mapping(uint256 principal => Proxy proxy) storage special = _proxies[cooperative][topic];
        for (uint256 i; i < numbers.length; ++i) {
            // nobody ever held a proxy of number 0
            if (_holder(_applicable(general, special, topic, numbers[i]), limits, heldAt) != number) numbers[i] = 0;
        }
    }

    /// @inheritdoc IProxies
    function holderOf(
        address cooperative,
        uint256 principal,
        uint8 topic,
        uint256 timepoint
    ) external view returns (uint256 holder) {
        mapping(uint8 topic => mapping(uint256 principal => Proxy proxy)) storage proxies = _proxies[cooperative];
        Proxy storage proxy = _applicable(proxies[ALL_TOPICS], proxies[topic], topic, principal);
        return _holder(proxy, limitsOf[cooperative], timepoint);
    }

    /// @inheritdoc IProxies
    function proxyOf(address cooperative, uint256 principal, uint8 topic) external view returns (Proxy memory proxy) {
        return _proxies[cooperative][topic][principal];
    }

    /// @inheritdoc IProxies
    function seatsOf(
        address cooperative,
        uint256 holder,
        uint16 first,
        uint16 count
    ) external view returns (Seat[] memory seats) {
        // Seats are numbered by 16 bits.
        uint256 length = Math.min(count, uint256(type(uint16).max) + 1 - first);
        seats = new Seat[](length);
        for (uint256 i; i < length; ++i) {
            uint16 seat = uint16(first + i); // as bounded above
            (uint256 principal, uint8 topic) = _seats[cooperative][holder].read(seat);
            if (_isSeated(cooperative, holder, seat, principal, topic)) seats[i] = Seat(principal, topic);
        }
    }

    function _name(address cooperative, uint256 principal, Naming calldata naming) private {
        uint8 topic = naming.topic;
        if (topic >= TOPICS && topic != ALL_TOPICS) revert Proxies_UnknownTopic(topic);
        _requireHolder(cooperative, principal, naming.holder);
        Limits memory limits = limitsOf[cooperative];
        uint256 latest = block.timestamp + limits.duration;
        if (naming.until <= block.timestamp || naming.until > latest) {
            revert Proxies_InvalidExpiry(naming.until, latest);
        }
        if (naming.passes > limits.passes) revert Proxies_TooManyPasses(naming.passes, limits.passes);
        Proxy memory former = _proxies[cooperative][topic][principal];
        // checked: 2^64 namings are out of reach, except for a principal who signed a revocation of that many
        Proxy memory proxy = _ended(former, former.version + 1);
        proxy.offeredTo = naming.holder;
        proxy.until = uint256(naming.until).toUint40();
        proxy.passes = naming.passes;
        _proxies[cooperative][topic][principal] = proxy;
        emit ProxyNamed(cooperative, principal, naming.holder, topic, naming.until, naming.passes, proxy.version);
    }

    /// @param through last version that ends with this.
    function _revoke(address cooperative, uint256 principal, uint8 topic, uint64 through) private {
        // at most the type's maximum, after which nothing can be named: a revocation never fails
        uint64 version = uint64(Math.min(uint256(through) + 1, type(uint64).max));
        Proxy memory former = _proxies[cooperative][topic][principal];
        _proxies[cooperative][topic][principal] = _ended(former, version);
        emit ProxyRevoked(cooperative, principal, topic, version);
    }

    function _takeSeat(address cooperative, uint256 holder, uint16 seat, uint256 principal, uint8 topic) private {
        uint16 held = limitsOf[cooperative].held;
        if (seat >= held) revert Proxies_NoSuchSeat(seat, held);
        mapping(uint256 index => uint256 word) storage seats = _seats[cooperative][holder];
        (uint256 other, uint8 otherTopic) = seats.read(seat);
        if (_isSeated(cooperative, holder, seat, other, otherTopic)) {
            revert Proxies_SeatTaken(seat, other, otherTopic);
        }
        seats.write(seat, principal.toUint32(), topic);
    }

    /// @dev Reverts with `Proxies_NotToBePassedOn` if the proxy was passed on as often as it may be.
    function _requirePassable(address cooperative, uint256 principal, uint8 topic, Proxy memory proxy) private view {
        if (proxy.passed >= Math.min(proxy.passes, limitsOf[cooperative].passes)) {
            revert Proxies_NotToBePassedOn(cooperative, principal, topic, proxy.passed);
        }
    }

    /// @dev Numbers that were not given yet are refused: who is admitted under them is nobody's choice.
    function _requireHolder(address cooperative, uint256 principal, uint256 holder) private view {
        if (holder == principal || MEMBERSHIP.accountOf(cooperative, holder) == address(0)) {
            revert Proxies_InvalidHolder(cooperative, principal, holder);
        }
    }

    function _requireStanding(address cooperative, address account) private view returns (uint256 number) {
        number = MEMBERSHIP.ballotRight(cooperative, account, block.timestamp);
        if (number == 0) revert Proxies_NotInStanding(cooperative, account);
    }

    /// @dev Number of the caller. One that is suspended or has left speaks for it too; an account that was left behind
    /// by a change of key does not.
    function _requireMember(address cooperative) private view returns (uint256 number) {
        number = MEMBERSHIP.numberOf(cooperative, msg.sender);
        if (number == 0 || MEMBERSHIP.accountOf(cooperative, number) != msg.sender) {
            revert Proxies_NotAMember(cooperative, msg.sender);
        }
    }

    function _requireSigned(
        address cooperative,
        uint256 principal,
        bytes32 structHash,
        Authorization calldata authorization
    ) private view returns (address account) {
        if (block.timestamp > authorization.deadline) {
            revert Proxies_SignatureExpired(authorization.deadline, block.timestamp);
        }
        account = MEMBERSHIP.accountOf(cooperative, principal);
        if (
            account == address(0) ||
            authorization.signer.accountOf() != account ||
            !authorization.signer.hasSigned(_hashTypedDataV4(structHash), authorization.signature)
        ) revert Proxies_BadSignature(cooperative, principal, authorization.signer, account);
    }

    /// @dev Whether this proxy is in this seat, be it within the limit or not.
    function _isSeated(
        address cooperative,
        uint256 holder,
        uint16 seat,
        uint256 principal,
        uint8 topic
    ) private view returns (bool) {
        if (principal == 0) return false;
        Proxy memory proxy = _proxies[cooperative][topic][principal];
        return proxy.holder == holder && proxy.seat == seat && block.timestamp < proxy.until;
    }

    /// @dev Of a principal's proxies for all topics and for one, that which counts in the latter. The second is read
    /// only if there ever was one.
    function _applicable(
        mapping(uint256 principal => Proxy proxy) storage general,
        mapping(uint256 principal => Proxy proxy) storage special,
        uint8 topic,
        uint256 principal
    ) private view returns (Proxy storage proxy) {
        proxy = general[principal];
        if (proxy.topics & _bit(topic) == 0) return proxy;
        Proxy storage other = special[principal];
        if (other.holder != 0 && block.timestamp < other.until) proxy = other;
    }

    /// @dev Number of who holds a proxy now and held it at `timepoint`, 0 if nobody did or it does not count. Fields are
    /// read one by one: all are in one word, and a copy of it in memory costs more.
    function _holder(Proxy storage proxy, Limits memory limits, uint256 timepoint) private view returns (uint256) {
        if (proxy.since > timepoint || proxy.until <= timepoint || proxy.until <= block.timestamp) return 0;
        return proxy.seat < limits.held && proxy.passed <= limits.passes ? proxy.holder : 0;
    }

    /// @dev What outlives each of a principal's proxies for a topic.
    function _ended(Proxy memory former, uint64 version) private pure returns (Proxy memory proxy) {
        proxy.topics = former.topics;
        proxy.version = version;
    }

    /// @dev No bit for `ALL_TOPICS` and what is no topic.
    function _bit(uint8 topic) private pure returns (uint8) {
        return topic < TOPICS ? uint8(1) << topic : 0;
    }
}
