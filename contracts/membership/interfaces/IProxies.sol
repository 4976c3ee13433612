// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Authorization} from "../../identity/types/Authorization.sol";
import {IMembership} from "./IMembership.sol";

/// @title Proxies
/// @notice Who may cast whose ballots. A member (the principal) names another member as proxy, for one topic or for
/// all, until an expiry; the other one accepts, and is the holder from then on. Naming a proxy takes no right away: the
/// principal's own ballot always wins.
///
/// One contract serves every cooperative on a chain and has no administrator. A cooperative (its Treasury) sets the
/// limits in its own book as `msg.sender`; before it does, nobody can name a proxy in it.
///
/// ```
///          nameProxy            accept               passOn                   accept
///  (none) ----------> offered ----------> held ----------------> held, offered -----> held by the next
///     ^                  |                 |                           |
///     +------------------+-----------------+---------------------------+   revoke, drop, or the expiry
/// ```
///
/// **Topics.** A topic is a class of the PolicyBook, 0 to 7, or `ALL_TOPICS`. It follows from what a proposal does and
/// not from what its proposer calls it, so nobody chooses whose proxies count. A proxy for a topic beats the one for all
/// while it is held and has not expired, whether or not its holder can act.
///
/// **Seats.** A holder has as many seats as the cooperative's limit, and each proxy held has one of its own, which the
/// holder chooses when accepting. Nobody else writes there: strangers can't fill them. A seat whose proxy was revoked,
/// named anew, passed on or has expired is free again without any count to keep. If the cooperative lowers its limit,
/// proxies in seats beyond it do not count.
///
/// **Passing on.** A holder may offer a proxy to a third member as often as the principal allowed when naming and the
/// cooperative allows now. It keeps the principal's name and expiry, takes a seat of the third, and leaves its old one:
/// passing on never lets somebody hold more than their seats, and there is no chain to follow and no circle to be caught
/// in. Whoever passed it on holds it until the next one accepts.
///
/// **At a time.** A proxy counts for a proposal if it was held at the proposal's snapshot and is held still, by the same
/// holder without a break. A proxy accepted later does not count, so that none moves between holders during a vote.
///
/// **Numbers.** Principals and holders are member numbers: a proxy follows a member to another key (`rebind`), and does
/// not survive leaving, for who joins again has another number. The members' standing is looked up when a ballot is cast.
///
/// **Signatures.** A proxy can be named and revoked by an EIP-712 signature that anybody may send (domain "Artel
/// Proxies", version "1"). Each naming and each revocation raises the `version` of the principal's proxy for that topic.
/// A signed naming fits one version: it is used once, and dies with whatever the principal does about that topic first. A
/// signed revocation fits every version up to the one that it names: who holds an unsent naming can't make it stale.
interface IProxies {
    /// @notice What a principal says.
    /// @param topic a class of the PolicyBook, or `ALL_TOPICS`.
    /// @param holder number of the member named.
    /// @param until second from which it is over.
    /// @param passes how often it may be passed on.
    struct Naming {
        uint8 topic;
        uint32 holder;
        uint48 until;
        uint8 passes;
    }

    /// @notice A principal's proxy for a topic, as kept. It is in force if `holder` is not 0 and `until` has not come.
    struct Proxy {
        uint32 holder; // slot 0: member who accepted it last, 0 if nobody has
        uint32 offeredTo; // member who may accept it, 0: nobody
        uint40 since; // second in which the holder accepted
        uint40 until;
        uint16 seat; // of the holder
        uint8 passes; // how often the principal lets it be passed on
        uint8 passed; // how often it was
        uint8 topics; // of the proxy for all topics: bit t is set if there ever was one for topic t
        uint64 version; // namings and revocations so far; a signed revocation may skip some
    }

    /// @notice What a seat holds; principal 0 if it is free.
    struct Seat {
        uint256 principal;
        uint8 topic;
    }

    /// @notice From now on a member holds at most `held` proxies (0: none), which may be passed on `passes` times, and
    /// those that are named last at most `duration` seconds.
    event ProxyLimitsSet(address indexed cooperative, uint16 held, uint8 passes, uint32 duration);
    /// @notice A member named a proxy, which ends the one before for this topic. It holds nothing until it accepts.
    event ProxyNamed(
        address indexed cooperative,
        uint256 indexed principal,
        uint256 indexed holder,
        uint8 topic,
        uint48 until,
        uint8 passes,
        uint64 version
    );
    /// @notice A member holds a proxy from this second on, named by the principal or passed on for the `passed`-th time.
    event ProxyAccepted(
        address indexed cooperative,
        uint256 indexed principal,
        uint256 indexed holder,
        uint8 topic,
        uint16 seat,
        uint8 passed
    );
    /// @notice A holder offered a proxy to another member, and holds it until that one accepts.
    event ProxyPassedOn(
        address indexed cooperative,
        uint256 indexed principal,
        uint256 indexed holder,
        uint256 offeredTo,
        uint8 topic
    );
    /// @notice A holder gave a proxy back, which is over, or a member refused one that was offered.
    event ProxyDropped(address indexed cooperative, uint256 indexed principal, uint256 indexed holder, uint8 topic);
    /// @notice A principal has no proxy for this topic any more. Also said when there was none.
    event ProxyRevoked(address indexed cooperative, uint256 indexed principal, uint8 topic, uint64 version);

    /// @notice Topics are 0 to 7 and `ALL_TOPICS`.
    error Proxies_UnknownTopic(uint8 topic);
    /// @notice Only members in standing name, accept and pass on.
    error Proxies_NotInStanding(address cooperative, address account);
    /// @notice The caller is not the account of a member of this cooperative, present or former.
    error Proxies_NotAMember(address cooperative, address account);
    /// @notice There is no such member, it is the principal, or it holds the proxy already.
    error Proxies_InvalidHolder(address cooperative, uint256 principal, uint256 holder);
    /// @notice A proxy ends in the future, at `latest` at the latest.
    error Proxies_InvalidExpiry(uint256 until, uint256 latest);
    /// @notice The cooperative lets proxies be passed on less often.
    error Proxies_TooManyPasses(uint8 passes, uint8 maximum);
    /// @notice This proxy is not offered to the member, or has expired.
    error Proxies_NotOffered(address cooperative, uint256 principal, uint8 topic, uint256 member);
    /// @notice This proxy is not held by the member, or has expired.
    error Proxies_NotHeld(address cooperative, uint256 principal, uint8 topic, uint256 member);
    /// @notice It was passed on as often as principal and cooperative allow.
    error Proxies_NotToBePassedOn(address cooperative, uint256 principal, uint8 topic, uint256 passed);
    /// @notice Members of this cooperative have seats 0 to `held - 1`.
    error Proxies_NoSuchSeat(uint16 seat, uint16 held);
    /// @notice The seat holds another proxy.
    error Proxies_SeatTaken(uint16 seat, uint256 principal, uint8 topic);
    /// @notice The signature came too late.
    error Proxies_SignatureExpired(uint256 deadline, uint256 current);
    /// @notice The signature was made for version `signed`, the principal's proxy is at version `current`.
    error Proxies_StaleSignature(address cooperative, uint256 principal, uint8 topic, uint64 signed, uint64 current);
    /// @notice The signer is not the principal's `account`, or did not sign this.
    error Proxies_BadSignature(address cooperative, uint256 principal, bytes signer, address account);

    /// @notice The topic that stands for all.
    function ALL_TOPICS() external view returns (uint8 topic);

    /// @notice The book of all members.
    function MEMBERSHIP() external view returns (IMembership membership);

    /// @notice Sets how many proxies a member may hold, how often they may be passed on, and how many seconds they may
    /// run. The first two bind at once, also proxies that are held; the last binds proxies that are named from now on.
    /// @dev Caller: the cooperative.
    function setLimits(uint16 held, uint8 passes, uint32 duration) external;

    /// @notice Names a proxy. The one that the caller has for this topic ends at once.
    /// @dev Caller: a member in standing. Reverts with `Proxies_UnknownTopic`, `Proxies_InvalidHolder`,
    /// `Proxies_InvalidExpiry` or `Proxies_TooManyPasses`.
    function nameProxy(address cooperative, Naming calldata naming) external;

    /// @notice `nameProxy` by the principal's signature over `Naming(address cooperative,uint256 principal,uint8 topic,
    /// uint256 holder,uint48 until,uint8 passes,uint64 version,uint256 deadline)`. Anybody may send it.
    /// @param version the version that `proxyOf` tells now.
    function nameProxyBySig(
        address cooperative,
        uint256 principal,
        Naming calldata naming,
        uint64 version,
        Authorization calldata authorization
    ) external;

    /// @notice Accepts a proxy that was named or passed on to the caller, in a free seat of theirs.
    /// @dev Caller: a member in standing. Reverts with `Proxies_NotOffered`, `Proxies_NotToBePassedOn`,
    /// `Proxies_NoSuchSeat` or `Proxies_SeatTaken`.
    function accept(address cooperative, uint256 principal, uint8 topic, uint16 seat) external;

    /// @notice Offers a proxy that the caller holds to another member, instead of whom it was offered to before.
    /// @dev Caller: its holder, in standing. Reverts with `Proxies_NotHeld`, `Proxies_NotToBePassedOn` or
    /// `Proxies_InvalidHolder`.
    function passOn(address cooperative, uint256 principal, uint8 topic, uint32 holder) external;

    /// @notice Refuses a proxy that was offered to the caller; who passed it on keeps it. Or gives one back that the
    /// caller holds: it is over, also for whom it was offered to.
    /// @dev Caller: whom it is offered to, or its holder, whatever their standing. Reverts with `Proxies_NotHeld`.
    function drop(address cooperative, uint256 principal, uint8 topic) external;

    /// @notice Ends the caller's proxy for a topic, and every signed naming for it that was not sent yet.
    /// @dev Caller: a member, whatever their standing.
    function revoke(address cooperative, uint8 topic) external;

    /// @notice `revoke` by the principal's signature over `Revocation(address cooperative,uint256 principal,uint8 topic,
    /// uint64 version,uint256 deadline)`. Anybody may send it.
    /// @param version last version that it ends, at least the one that `proxyOf` tells now.
    function revokeBySig(
        address cooperative,
        uint256 principal,
        uint8 topic,
        uint64 version,
        Authorization calldata authorization
    ) external;

    /// @notice For governors: which members' ballots on a proposal an account may cast now.
    /// @param holder account of the member who casts them.
    /// @param topic class of the proposal.
    /// @param standingAt second at which holder and principals must have had standing, as they must at `heldAt` and now:
    /// as much earlier than the snapshot as the class asks (seasoning).
    /// @param heldAt second at which `holder` must have held the proxies, as now: the snapshot. Neither is in the future.
    /// @param principals member numbers; whoever asks chooses how many fit a page. One named twice is answered twice.
    /// @return numbers each whose ballot it may cast, else 0.
    function ballotRights(
        address cooperative,
        address holder,
        uint8 topic,
        uint256 standingAt,
        uint256 heldAt,
        uint256[] calldata principals
    ) external view returns (uint256[] memory numbers);

    /// @notice Number of the member who holds a principal's proxy for a topic now and held it at `timepoint`, else 0. The
    /// one for all topics answers where there is none for the topic. Says nothing of anybody's standing.
    function holderOf(
        address cooperative,
        uint256 principal,
        uint8 topic,
        uint256 timepoint
    ) external view returns (uint256 holder);

    /// @notice A principal's proxy for exactly this topic, as kept.
    function proxyOf(address cooperative, uint256 principal, uint8 topic) external view returns (Proxy memory proxy);

    /// @notice What a holder's seats from `first` on hold, at most `count` of them. Those beyond the limit do not count.
    function seatsOf(
        address cooperative,
        uint256 holder,
        uint16 first,
        uint16 count
    ) external view returns (Seat[] memory seats);

    /// @notice What a cooperative allows; all 0 until it has set something.
    function limitsOf(address cooperative) external view returns (uint16 held, uint8 passes, uint32 duration);
}
