// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {Did} from "../identity/types/Did.sol";
import {IReputation} from "./interfaces/IReputation.sol";
import {DecayLib} from "./libraries/DecayLib.sol";
import {WeightLib} from "./libraries/WeightLib.sol";
import {CategoryId} from "./types/CategoryId.sol";
import {Curve} from "./types/Curve.sol";

/// @title Reputation
/// @notice See {IReputation}.
contract Reputation is IReputation, AccessManaged {
    /// @dev A score as it was when last written.
    struct Standing {
        uint128 value; // slot 0, 128 bits: points with FRACTION fractional bits
        uint48 touchedAt; // slot 0, 48 bits: Unix time, zero if never
        uint32 pastCount; // slot 0, 32 bits: entries of `past` before this one
    }

    /// @dev A subject's score and its past: the last standing of every epoch in which it was written, save the latest.
    /// OpenZeppelin's Checkpoints would take a second word for their length.
    struct Score {
        Standing last; // slot 0
        mapping(uint256 index => Standing standing) past; // slot 1
    }

    /// @dev The sum over a realm's subjects.
    struct Total {
        uint128 value; // slot 0, 128 bits: points with FRACTION fractional bits
        uint48 touchedAt; // slot 0, 48 bits: Unix time
        uint32 halfLife; // slot 0, 32 bits: of the category, copied here where every write reads it
    }

    /// @dev What an issuer may still write. Awards and penalties each have their own word, so that each writes one.
    struct Budget {
        uint128 spent; // slot 0, 128 bits: points in `epoch`
        uint88 cap; // slot 0, 88 bits: points per epoch
        uint32 epoch; // slot 0, 32 bits: of the last write
        bool appointed; // slot 0, 8 bits
    }

    /// @dev An issuer of a realm and category.
    struct Issuer {
        Budget awards; // slot 0
        Budget penalties; // slot 1
    }

    /// @dev What a realm knows of one category.
    struct Ledger {
        Total total; // slot 0
        mapping(address account => Issuer issuer) issuers; // slot 1
        mapping(Did subject => Score score) scores; // slot 2
    }

    uint256 private constant EPOCH = 1 weeks;
    uint256 private constant FRACTION = 32;

    /// @inheritdoc IReputation
    mapping(CategoryId category => uint32 halfLife) public categoryOf;

    mapping(address realm => mapping(CategoryId category => Ledger ledger)) private _ledgers;

    /// @param authority_ The network's AccessManager: it decides who adds categories, and nothing else.
    constructor(address authority_) AccessManaged(authority_) {}

    /// @inheritdoc IReputation
    function addCategory(CategoryId category, uint32 halfLife) external restricted {
        if (halfLife == 0) revert Reputation_ZeroHalfLife(category);
        if (categoryOf[category] != 0) revert Reputation_CategoryExists(category, categoryOf[category]);
        categoryOf[category] = halfLife;
        emit CategoryAdded(category, halfLife);
    }

    /// @inheritdoc IReputation
    function appointIssuer(CategoryId category, address issuer, uint88 awardCap, uint88 penaltyCap) external {
        uint32 halfLife = categoryOf[category];
        if (halfLife == 0) revert Reputation_UnknownCategory(category);
        Ledger storage ledger = _ledgers[msg.sender][category];
        ledger.total.halfLife = halfLife;
        Issuer storage entry = ledger.issuers[issuer];
        (entry.awards.cap, entry.awards.appointed) = (awardCap, true);
        (entry.penalties.cap, entry.penalties.appointed) = (penaltyCap, true);
        emit IssuerAppointed(msg.sender, category, issuer, awardCap, penaltyCap);
    }

    /// @inheritdoc IReputation
    function revokeIssuer(CategoryId category, address issuer) external {
        Issuer storage entry = _ledgers[msg.sender][category].issuers[issuer];
        if (!entry.awards.appointed) revert Reputation_NotIssuer(msg.sender, category, issuer);
        (entry.awards.cap, entry.awards.appointed) = (0, false);
        (entry.penalties.cap, entry.penalties.appointed) = (0, false);
        emit IssuerRevoked(msg.sender, category, issuer);
    }

    /// @inheritdoc IReputation
    function award(address realm, CategoryId category, Did subject, uint96 amount, bytes32 evidence) external {
        Ledger storage ledger = _ledgers[realm][category];
        _spend(ledger.issuers[msg.sender].awards, realm, category, amount);
        (uint256 age, uint256 factor) = _raiseTotal(ledger.total, amount);
        uint96 score = _raiseScore(ledger.scores[subject], age, factor, amount);
        emit ReputationAwarded(realm, category, subject, msg.sender, amount, score, evidence);
    }

    /// @inheritdoc IReputation
    function awardMany(
        address realm,
        CategoryId category,
        Did[] calldata subjects,
        uint96[] calldata amounts,
        bytes32 evidence
    ) external {
        if (subjects.length != amounts.length) revert Reputation_LengthMismatch(subjects.length, amounts.length);
        Ledger storage ledger = _ledgers[realm][category];
        uint256 sum = _sum(amounts);
        _spend(ledger.issuers[msg.sender].awards, realm, category, sum);
        (uint256 age, uint256 factor) = _raiseTotal(ledger.total, sum);
        for (uint256 i; i < subjects.length; ++i) {
            uint96 score = _raiseScore(ledger.scores[subjects[i]], age, factor, amounts[i]);
            emit ReputationAwarded(realm, category, subjects[i], msg.sender, amounts[i], score, evidence);
        }
    }

    /// @inheritdoc IReputation
    function penalise(address realm, CategoryId category, Did subject, uint96 amount, bytes32 evidence) external {
        Ledger storage ledger = _ledgers[realm][category];
        Total memory total = ledger.total;
        Score storage score = ledger.scores[subject];
        Standing memory last = score.last;
        uint128 value = _valueOf(last, total.halfLife);
        // at most `amount`
        uint96 taken = uint96(Math.min(_points(value), amount));
        _spend(ledger.issuers[msg.sender].penalties, realm, category, taken);

        // at most the score, which is at most the total: that one rounds up wherever this one rounds down
        uint128 removed = uint128(taken) << uint128(FRACTION);
        value -= removed;
        _writeTotal(ledger.total, _valueOf(total) - removed, total.halfLife);
        _writeScore(score, last.touchedAt == 0 ? 0 : _keepPast(score, _wordOf(score.last)), value);
        emit ReputationPenalised(realm, category, subject, msg.sender, amount, taken, _points(value), evidence);
    }

    /// @inheritdoc IReputation
    function currentEpoch() external view returns (uint32 epoch) {
        return _epochOf(block.timestamp);
    }

    /// @inheritdoc IReputation
    function issuerOf(
        address realm,
        CategoryId category,
        address issuer
    ) external view returns (bool appointed, uint88 awardCap, uint88 awardLeft, uint88 penaltyCap, uint88 penaltyLeft) {
        Issuer memory entry = _ledgers[realm][category].issuers[issuer];
        return (
            entry.awards.appointed,
            entry.awards.cap,
            _left(entry.awards),
            entry.penalties.cap,
            _left(entry.penalties)
        );
    }

    /// @inheritdoc IReputation
    function totalOf(address realm, CategoryId category) external view returns (uint128 total) {
        uint128 value = _valueOf(_ledgers[realm][category].total);
        // rounds up; at most 2^96
        return uint128((uint256(value) + (1 << FRACTION) - 1) >> FRACTION);
    }

    /// @inheritdoc IReputation
    function weightAtEpoch(
        address realm,
        CategoryId category,
        Did subject,
        uint32 epoch,
        Curve curve,
        uint96 cap
    ) external view returns (uint96 weight) {
        return WeightLib.weigh(scoreAtEpoch(realm, category, subject, epoch), curve, cap);
    }

    /// @inheritdoc IReputation
    function weightOf(
        address realm,
        CategoryId category,
        Did subject,
        Curve curve,
        uint96 cap
    ) external view returns (uint96 weight) {
        return WeightLib.weigh(scoreOf(realm, category, subject), curve, cap);
    }

    /// @inheritdoc IReputation
    function meets(Did subject, address realm, CategoryId category, uint96 minimum) external view returns (bool met) {
        return scoreOf(realm, category, subject) >= minimum;
    }

    /// @inheritdoc IReputation
    function scoreAtEpoch(
        address realm,
        CategoryId category,
        Did subject,
        uint32 epoch
    ) public view returns (uint96 score) {
        uint32 current = _epochOf(block.timestamp);
        if (epoch > current) revert Reputation_EpochNotStarted(epoch, current);
        // below 2^32 weeks, which fit 52 bits; not after this block, which fits 48
        uint48 start = uint48(epoch * EPOCH);
        Standing memory standing = _standingBefore(_ledgers[realm][category].scores[subject], start);
        return _points(DecayLib.decayDown(standing.value, start - standing.touchedAt, categoryOf[category]));
    }

    /// @inheritdoc IReputation
    function scoreOf(address realm, CategoryId category, Did subject) public view returns (uint96 score) {
        return _points(_valueOf(_ledgers[realm][category].scores[subject].last, categoryOf[category]));
    }

    /// @dev Charges `amount` to a budget of the caller.
    function _spend(Budget storage budget, address realm, CategoryId category, uint256 amount) private {
        uint256 word;
        // the packed word at once, as {Budget} declares it
        assembly ("memory-safe") {
            word := sload(budget.slot)
        }
        unchecked {
            // fields cut out of the word; 2^160 amounts can't be passed in
            uint256 cap = uint88(word >> 128);
            // appointed, and in this epoch
            uint256 head = (1 << 32) | (block.timestamp / EPOCH);
            if (word >> 216 != head) {
                if (word >> 248 == 0) revert Reputation_NotIssuer(realm, category, msg.sender);
                // nothing is spent yet
                word = (cap << 128) | (head << 216);
            }
            uint256 spent = uint128(word);
            if (spent + amount > cap) {
                // a cap may have been lowered since; the difference is at most the cap
                uint88 left = cap > spent ? uint88(cap - spent) : 0;
                if (amount != 0) revert Reputation_CapExceeded(realm, category, msg.sender, amount, left);
            }
            // fits, as what is spent is no more than a cap
            word += amount;
        }
        assembly ("memory-safe") {
            sstore(budget.slot, word)
        }
    }

    /// @dev Adds `amount` points to a total.
    /// @return age When the total was last written, in 48 bits, the half-life, in 32, and the shift of `factor`.
    /// @return factor How values have faded that were written in that second too, as the next one very often is.
    function _raiseTotal(Total storage total, uint256 amount) private returns (uint256 age, uint256 factor) {
        uint256 word;
        // the packed word at once, as {Total} declares it
        assembly ("memory-safe") {
            word := sload(total.slot)
        }
        unchecked {
            // fields cut out of the word; the amount is at most a cap, so that the sum has less than 129 bits
            uint256 value = uint128(word);
            age = word >> 128;
            uint256 halfLife = age >> 48;
            if (value != 0) {
                uint256 up;
                uint256 shift;
                (factor, up, shift) = DecayLib.factorsOf(block.timestamp - uint48(age), halfLife);
                age |= shift << 80;
                value = DecayLib.applyUp(value, up, shift);
            }
            value += amount << FRACTION;
            if (value >> 128 != 0) revert SafeCast.SafeCastOverflowedUintDowncast(128, value);
            // 48 bits of seconds last nine million years
            word = value | (block.timestamp << 128) | (halfLife << 176);
        }
        assembly ("memory-safe") {
            sstore(total.slot, word)
        }
    }

    /// @dev Adds `amount` points to a score; the total holds them already, so that they fit. `age` and `factor` are as
    /// {_raiseTotal} gives them.
    function _raiseScore(
        Score storage score,
        uint256 age,
        uint256 factor,
        uint256 amount
    ) private returns (uint96 points) {
        uint256 last = _wordOf(score.last);
        unchecked {
            // fields cut out of the words; the sum is no more than the total, which fits 128 bits
            uint256 value = amount << FRACTION;
            uint256 pastCount;
            if (last != 0) {
                uint256 touchedAt = uint48(last >> 128);
                uint256 shift = age >> 80;
                if (uint48(age) != touchedAt) {
                    (factor, , shift) = DecayLib.factorsOf(block.timestamp - touchedAt, uint32(age >> 48));
                }
                value += DecayLib.applyDown(uint128(last), factor, shift);
                pastCount = _keepPast(score, last);
            }
            _writeScore(score, pastCount, value);
            // fits, see above
            return _points(uint128(value));
        }
    }

    function _writeTotal(Total storage total, uint256 value, uint256 halfLife) private {
        uint256 word = value | (uint256(_now()) << 128) | (halfLife << 176);
        // the packed word at once, as {Total} declares it
        assembly ("memory-safe") {
            sstore(total.slot, word)
        }
    }

    /// @dev Keeps the word `last`, which is not empty, if its epoch has ended.
    /// @return pastCount How many are kept now, in its place in the word.
    function _keepPast(Score storage score, uint256 last) private returns (uint256 pastCount) {
        unchecked {
            pastCount = last & (type(uint256).max << 176);
            // this epoch began no later than now
            if (uint48(last >> 128) < block.timestamp - (block.timestamp % EPOCH)) {
                _store(score.past[pastCount >> 176], last);
                // one an epoch, and epochs have 32 bits
                pastCount += 1 << 176;
            }
        }
    }

    function _writeScore(Score storage score, uint256 pastCount, uint256 value) private {
        // 48 bits of seconds last nine million years
        _store(score.last, value | (block.timestamp << 128) | pastCount);
    }

    /// @dev The packed word at once, as {Standing} declares it.
    function _store(Standing storage standing, uint256 word) private {
        assembly ("memory-safe") {
            sstore(standing.slot, word)
        }
    }

    /// @dev The packed word at once, as {Standing} declares it.
    function _wordOf(Standing storage standing) private view returns (uint256 word) {
        assembly ("memory-safe") {
            word := sload(standing.slot)
        }
    }

    function _valueOf(Total memory total) private view returns (uint128 value) {
        return DecayLib.decayUp(total.value, _now() - total.touchedAt, total.halfLife);
    }

    function _valueOf(Standing memory standing, uint32 halfLife) private view returns (uint128 value) {
        return DecayLib.decayDown(standing.value, _now() - standing.touchedAt, halfLife);
    }

    /// @dev The last standing written before `time`, empty if none.
    function _standingBefore(Score storage score, uint48 time) private view returns (Standing memory standing) {
        standing = score.last;
        if (standing.touchedAt < time) return standing;
        uint256 low = 0;
        uint256 high = standing.pastCount;
        // halves at each step: at most 32
        while (low < high) {
            uint256 middle = (low + high) / 2;
            if (score.past[middle].touchedAt < time) low = middle + 1;
            else high = middle;
        }
        if (low == 0) return Standing({value: 0, touchedAt: time, pastCount: 0});
        return score.past[low - 1];
    }

    function _left(Budget memory budget) private view returns (uint88 left) {
        uint256 spent = budget.epoch == _epochOf(block.timestamp) ? budget.spent : 0;
        // a cap may have been lowered since; the difference is at most the cap
        return budget.cap > spent ? uint88(budget.cap - spent) : 0;
    }

    function _sum(uint96[] calldata amounts) private pure returns (uint256 sum) {
        // 2^160 amounts can't be passed in
        for (uint256 i; i < amounts.length; ++i) sum += amounts[i];
    }

    function _now() private view returns (uint48 time) {
        // 48 bits of seconds last nine million years
        return uint48(block.timestamp);
    }

    function _epochOf(uint256 time) private pure returns (uint32 epoch) {
        // a time of 48 bits has 29 bits of weeks
        return uint32(time / EPOCH);
    }

    function _points(uint128 value) private pure returns (uint96 points) {
        // 128 - FRACTION bits
        return uint96(value >> FRACTION);
    }
}
