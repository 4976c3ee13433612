// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC6372} from "@openzeppelin/contracts/interfaces/IERC6372.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {SignerLib} from "../identity/libraries/SignerLib.sol";
import {IMembership} from "../membership/interfaces/IMembership.sol";
import {IElections} from "./interfaces/IElections.sol";
import {IOffices} from "./interfaces/IOffices.sol";
import {BallotSignatureLib} from "./libraries/BallotSignatureLib.sol";
import {CountLib} from "./libraries/CountLib.sol";
import {RankingLib} from "./libraries/RankingLib.sol";

/// @title Elections
/// @notice See `IElections`.
contract Elections is IElections, EIP712 {
    using BallotSignatureLib for bytes;
    using CountLib for CountLib.Count;
    using CountLib for uint256;
    using RankingLib for mapping(uint256 index => uint256 word);
    using RankingLib for uint256;
    using SafeCast for uint256;
    using SignerLib for bytes;

    struct Office {
        uint128 current; // slot 0
        uint128 underWay;
    }

    /// @inheritdoc IElections
    bytes32 public constant BALLOT_TYPEHASH = keccak256(
        "ElectionBallot(uint256 election,uint8[] choices,address voter,uint256 nonce)"
    );
    /// @inheritdoc IElections
    uint256 public constant MAX_PLACES = RankingLib.PLACES;
    /// @inheritdoc IElections
    uint256 public constant SIGNER_GAS = BallotSignatureLib.SIGNER_GAS;
    // Writing a stage down costs about as much as reading so many words.
    uint256 private constant WORK_OF_STAGE = 64;

    /// @inheritdoc IElections
    IMembership public immutable MEMBERSHIP;

    /// @inheritdoc IElections
    mapping(address cooperative => mapping(bytes32 office => Office)) public officeOf;

    uint128 private _lastElection;
    mapping(uint256 election => Election) private _elections;
    mapping(uint256 election => uint32[15] numbers) private _papers;
    mapping(uint256 election => mapping(uint256 number => Candidacy)) private _candidacies;
    mapping(uint256 election => mapping(uint256 index => uint256 word)) private _ballots;
    mapping(uint256 election => CountLib.Count) private _counts;

    /// @param membership the book of all members.
    constructor(IMembership membership) EIP712("Artel Elections", "1") {
        MEMBERSHIP = membership;
    }

    // ------------------------------------------------------------------------------------ by the cooperative

    /// @inheritdoc IElections
    function open(Terms calldata terms) external returns (uint256 election) {
        if (terms.seats == 0 || terms.seats > MAX_PLACES) revert Elections_InvalidTerms("seats");
        if (terms.nominationPeriod == 0) revert Elections_InvalidTerms("nominationPeriod");
        if (terms.votingPeriod == 0) revert Elections_InvalidTerms("votingPeriod");
        if (terms.term == 0) revert Elections_InvalidTerms("term");
        Office storage office = officeOf[msg.sender][terms.office];
        if (office.underWay != 0) revert Elections_UnderWay(msg.sender, terms.office, office.underWay);

        office.underWay = ++_lastElection;
        election = office.underWay;
        Election storage opened = _elections[election];
        opened.cooperative = msg.sender;
        opened.openedAt = block.timestamp.toUint40();
        opened.method = terms.method;
        opened.seats = terms.seats;
        opened.office = terms.office;
        opened.nominationsEnd = opened.openedAt + terms.nominationPeriod;
        opened.votingEnd = opened.nominationsEnd + terms.votingPeriod;
        opened.termEnd = opened.votingEnd + terms.term;
        _announce(election, opened);
    }

    /// @inheritdoc IElections
    function cancel(uint256 election) external {
        Election storage kept = _elections[election];
        if (msg.sender != kept.cooperative) revert Elections_NotTheCooperative(election, msg.sender);
        if (kept.isDecided || kept.isCancelled) revert Elections_WrongPhase(election, phaseOf(election));
        kept.isCancelled = true;
        officeOf[msg.sender][kept.office].underWay = 0;
        emit ElectionCancelled(election, msg.sender, kept.office);
    }

    /// @inheritdoc IElections
    function recall(bytes32 office, uint256 number) external {
        _vacate(msg.sender, office, number, true);
    }

    // -------------------------------------------------------------------------------------------- candidates

    /// @inheritdoc IElections
    function stand(uint256 election, bytes32 statement) external {
        Election storage kept = _inNomination(election);
        uint256 number = _requireBallotRight(election, kept);
        Candidacy storage candidacy = _candidacies[election][number];
        if (candidacy.hasWithdrawn) revert Elections_HasWithdrawn(election, number);
        if (candidacy.place != 0) revert Elections_AlreadyStands(election, number);
        candidacy.stands = true;
        emit CandidateStood(election, number, statement);
        if (!candidacy.hasSeconded) _second(election, number, number, candidacy);
        _place(election, kept, number);
    }

    /// @inheritdoc IElections
    function second(uint256 election, uint256 candidate) external {
        Election storage kept = _inNomination(election);
        uint256 number = _requireBallotRight(election, kept);
        Candidacy storage own = _candidacies[election][number];
        if (own.hasSeconded) revert Elections_AlreadySeconded(election, number);
        _requireCandidate(election, candidate);
        _second(election, candidate, number, own);
        _place(election, kept, candidate);
    }

    /// @inheritdoc IElections
    function withdraw(uint256 election) external {
        Election storage kept = _beforeCounting(election);
        _withdraw(election, kept, _numberOf(kept.cooperative, msg.sender));
    }

    /// @inheritdoc IElections
    function strike(uint256 election, uint256 candidate) external {
        Election storage kept = _beforeCounting(election);
        if (_isInStanding(kept.cooperative, candidate)) revert Elections_InStanding(election, candidate);
        _withdraw(election, kept, candidate);
    }

    // ---------------------------------------------------------------------------------------------- ballots

    /// @inheritdoc IElections
    function castBallot(uint256 election, uint8[] calldata choices) external {
        Election storage kept = _inVoting(election);
        uint256 number = _requireBallotRight(election, kept);
        (uint256 ranking, bool isValid) = RankingLib.pack(choices, kept.places);
        if (!isValid) revert Elections_InvalidChoices(election, choices);
        uint256 former = _ballots[election].read(number);
        if (former != 0 && former.rankingOf() == ranking) revert Elections_AlreadyCast(election, number);
        _cast(election, kept, number, ranking, former != 0);
        emit BallotCast(election, msg.sender, number, choices);
    }

    /// @inheritdoc IElections
    function castBallotsBySig(
        uint256 election,
        SignedBallot[] calldata ballots
    ) external returns (uint256 countedBallots) {
        Election storage kept = _inVoting(election);
        for (uint256 i; i < ballots.length; ++i) {
            if (_castSigned(election, kept, ballots[i])) ++countedBallots;
        }
    }

    // --------------------------------------------------------------------------------------------- counting

    /// @inheritdoc IElections
    function count(uint256 election, uint256 work) external returns (bool isDecided) {
        Election storage kept = _elections[election];
        Phase phase = phaseOf(election);
        if (phase != Phase.Counting) revert Elections_WrongPhase(election, phase);
        CountLib.Count storage counting = _counts[election];
        uint256 end = (uint256(kept.highest) >> 2) + 1;
        if (counting.stage == 0) {
            counting.begin(((2 << kept.places) - 2) & ~uint256(kept.withdrawn)); // bits 1 to `places`
        } else if (counting.awaitsLot()) {
            if (!_drawSeed(election, counting)) return false;
            isDecided = _conclude(election, kept, counting);
        }
        while (work != 0 && !isDecided && !counting.awaitsLot()) {
            uint256 left = end - counting.cursor;
            uint256 length = left < work ? left : work;
            counting.page(_ballots[election], counting.cursor + length, kept.method == Method.Approval);
            if (length < left) return false;
            work = work - left > WORK_OF_STAGE ? work - left - WORK_OF_STAGE : 0;
            _endStage(election, kept, counting);
            isDecided = _conclude(election, kept, counting);
        }
    }

    // ---------------------------------------------------------------------------------------------- offices

    /// @inheritdoc IElections
    function resign(address cooperative, bytes32 office) external {
        _vacate(cooperative, office, _numberOf(cooperative, msg.sender), false);
    }

    /// @inheritdoc IOffices
    function termOf(
        address cooperative,
        bytes32 office,
        uint256 memberNumber
    ) external view returns (uint256 election, uint48 until) {
        uint256 current = officeOf[cooperative][office].current;
        if (_holds(current, memberNumber) && _isInStanding(cooperative, memberNumber)) {
            return (current, _elections[current].termEnd);
        }
    }

    /// @inheritdoc IElections
    function holdersOf(address cooperative, bytes32 office) external view returns (uint256[] memory numbers) {
        uint256 current = officeOf[cooperative][office].current;
        uint256[] memory paper = paperOf(current);
        uint256 length;
        for (uint256 i; i < paper.length; ++i) {
            if (!_holds(current, paper[i]) || !_isInStanding(cooperative, paper[i])) continue;
            paper[length] = paper[i];
            ++length;
        }
        numbers = new uint256[](length);
        for (uint256 i; i < length; ++i) numbers[i] = paper[i];
    }

    // ------------------------------------------------------------------------------------------------ views

    /// @inheritdoc IElections
    function electionOf(uint256 election) external view returns (Election memory) {
        return _elections[election];
    }

    /// @inheritdoc IElections
    function phaseOf(uint256 election) public view returns (Phase phase) {
        Election storage kept = _elections[election];
        if (kept.openedAt == 0) return Phase.None;
        if (kept.isDecided) return Phase.Decided;
        if (kept.isCancelled) return Phase.Cancelled;
        if (block.timestamp <= kept.nominationsEnd) return Phase.Nomination;
        return block.timestamp <= kept.votingEnd ? Phase.Voting : Phase.Counting;
    }

    /// @inheritdoc IElections
    function paperOf(uint256 election) public view returns (uint256[] memory numbers) {
        numbers = new uint256[](_elections[election].places);
        for (uint256 i; i < numbers.length; ++i) numbers[i] = _papers[election][i];
    }

    /// @inheritdoc IElections
    function candidacyOf(uint256 election, uint256 number) external view returns (Candidacy memory candidacy) {
        return _candidacies[election][number];
    }

    /// @inheritdoc IElections
    function ballotOf(uint256 election, uint256 number) external view returns (uint256 nonce, uint8[] memory choices) {
        uint256 ballot = _ballots[election].read(number);
        return (ballot.stateOf(), RankingLib.unpack(ballot.rankingOf()));
    }

    /// @inheritdoc IElections
    function ballotWords(
        uint256 election,
        uint256 first,
        uint256 length
    ) external view returns (uint256[] memory words) {
        words = new uint256[](length);
        for (uint256 i; i < length; ++i) words[i] = _ballots[election][first + i];
    }

    /// @inheritdoc IElections
    function progressOf(uint256 election) external view returns (Progress memory progress) {
        CountLib.Count storage counting = _counts[election];
        progress.stage = counting.stage;
        progress.moving = counting.moving;
        progress.cursor = counting.cursor;
        progress.quota = counting.quota;
        progress.elected = counting.elected;
        progress.continuing = counting.continuing;
        progress.lotBlock = counting.lotBlock;
        progress.seed = counting.seed;
    }

    /// @inheritdoc IElections
    function votesAt(uint256 election, uint256 stage) public view returns (uint256[] memory votes) {
        uint64[16] memory kept = _counts[election].votes[stage];
        votes = new uint256[](uint256(_elections[election].places) + 1);
        for (uint256 place; place < votes.length; ++place) votes[place] = kept[place];
    }

    /// @inheritdoc IERC6372
    function clock() external view returns (uint48) {
        return uint48(block.timestamp); // fits for 8.9 million years
    }

    /// @inheritdoc IERC6372
    function CLOCK_MODE() external pure returns (string memory) {
        return "mode=timestamp";
    }

    // ----------------------------------------------------------------------------------------------- phases

    function _inNomination(uint256 election) private view returns (Election storage kept) {
        kept = _elections[election];
        Phase phase = phaseOf(election);
        if (phase != Phase.Nomination) revert Elections_WrongPhase(election, phase);
    }

    function _inVoting(uint256 election) private view returns (Election storage kept) {
        kept = _elections[election];
        Phase phase = phaseOf(election);
        if (phase != Phase.Voting) revert Elections_WrongPhase(election, phase);
    }

    function _beforeCounting(uint256 election) private view returns (Election storage kept) {
        kept = _elections[election];
        Phase phase = phaseOf(election);
        if (phase != Phase.Nomination && phase != Phase.Voting) revert Elections_WrongPhase(election, phase);
    }

    /// @dev On its own because of the depth of the stack.
    function _announce(uint256 election, Election storage opened) private {
        emit ElectionOpened(
            election,
            opened.cooperative,
            opened.office,
            opened.method,
            opened.seats,
            opened.nominationsEnd,
            opened.votingEnd,
            opened.termEnd
        );
    }

    // --------------------------------------------------------------------------------------------- standing

    /// @dev Number of a member who had standing in the second before the election was opened and has it now, else 0.
    function _ballotRight(Election storage kept, address account) private view returns (uint256 number) {
        return MEMBERSHIP.ballotRight(kept.cooperative, account, uint256(kept.openedAt) - 1);
    }

    function _requireBallotRight(uint256 election, Election storage kept) private view returns (uint256 number) {
        number = _ballotRight(kept, msg.sender);
        if (number == 0) revert Elections_NoBallotRight(election, msg.sender);
    }

    /// @dev Number that an account serves, in whatever standing; 0 for an account left behind.
    function _numberOf(address cooperative, address account) private view returns (uint256 number) {
        number = MEMBERSHIP.numberOf(cooperative, account);
        if (MEMBERSHIP.accountOf(cooperative, number) != account) return 0;
    }

    function _isInStanding(address cooperative, uint256 number) private view returns (bool) {
        address account = MEMBERSHIP.accountOf(cooperative, number);
        return number != 0 && MEMBERSHIP.ballotRight(cooperative, account, block.timestamp) == number;
    }

    // ------------------------------------------------------------------------------------------- candidates

    function _requireCandidate(uint256 election, uint256 number) private view returns (Candidacy storage candidacy) {
        candidacy = _candidacies[election][number];
        if (!candidacy.stands || candidacy.hasWithdrawn) revert Elections_NotACandidate(election, number);
    }

    function _second(uint256 election, uint256 candidate, uint256 number, Candidacy storage own) private {
        own.hasSeconded = true;
        ++_candidacies[election][candidate].seconders;
        emit CandidateSeconded(election, candidate, number);
    }

    /// @dev Gives a candidate without a place a free one, or that of the weakest who has fewer seconders.
    function _place(uint256 election, Election storage kept, uint256 number) private {
        Candidacy storage candidacy = _candidacies[election][number];
        if (candidacy.place != 0) return;
        uint256 place = uint256(kept.places) + 1;
        if (place > MAX_PLACES) {
            place = _weakest(election, candidacy.seconders);
            if (place == 0) return;
            uint256 displaced = _papers[election][place - 1];
            _candidacies[election][displaced].place = 0;
            kept.withdrawn &= ~uint16(1 << place); // bits 1 to 15, as below
            emit CandidateDisplaced(election, displaced);
        } else {
            kept.places = uint8(place);
        }
        _papers[election][place - 1] = uint32(number); // member numbers have 32 bits
        candidacy.place = uint8(place);
        emit CandidatePlaced(election, number, uint8(place));
    }

    /// @dev Place of a candidate who withdrew, else of the one with the fewest seconders, fewer than `seconders`; of several
    /// the last. 0 if there is none.
    function _weakest(uint256 election, uint256 seconders) private view returns (uint256 place) {
        uint256 fewest = seconders;
        for (uint256 i; i < MAX_PLACES; ++i) {
            Candidacy storage other = _candidacies[election][_papers[election][i]];
            if (other.hasWithdrawn) return i + 1;
            if (other.seconders < seconders && other.seconders <= fewest) (fewest, place) = (other.seconders, i + 1);
        }
    }

    function _withdraw(uint256 election, Election storage kept, uint256 number) private {
        Candidacy storage candidacy = _requireCandidate(election, number);
        candidacy.hasWithdrawn = true;
        if (candidacy.place != 0) kept.withdrawn |= uint16(1 << candidacy.place);
        emit CandidateWithdrawn(election, number);
    }

    // ---------------------------------------------------------------------------------------------- ballots

    function _castSigned(
        uint256 election,
        Election storage kept,
        SignedBallot calldata signed
    ) private returns (bool isCounted) {
        address voter = signed.signer.accountOf();
        uint256 number = _ballotRight(kept, voter);
        (uint256 ranking, bool isValid) = RankingLib.pack(signed.choices, kept.places);
        uint256 former = _ballots[election].read(number);
        Refusal refusal;
        if (number == 0) refusal = Refusal.NoBallotRight;
        else if (!isValid) refusal = Refusal.InvalidChoices;
        else if (!_isNews(former, ranking, signed.isChange)) refusal = Refusal.AlreadyCast;
        else if (!_isSigned(election, voter, signed)) refusal = Refusal.InvalidSignature;
        if (refusal != Refusal.None) {
            emit BallotRefused(election, voter, refusal);
            return false;
        }
        _cast(election, kept, number, ranking, signed.isChange);
        emit BallotCast(election, voter, number, signed.choices);
        return true;
    }

    /// @dev Whether a signed ballot can follow the former one: a first one none, a change one that was not changed yet.
    function _isNews(uint256 former, uint256 ranking, bool isChange) private pure returns (bool) {
        if (former == 0) return true;
        return isChange && former.stateOf() < RankingLib.CHANGED && former.rankingOf() != ranking;
    }

    function _isSigned(uint256 election, address voter, SignedBallot calldata signed) private view returns (bool) {
        bytes32 choices = keccak256(abi.encodePacked(signed.choices)); // 32 bytes each, as EIP-712 has arrays
        uint256 nonce = signed.isChange ? 1 : 0;
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(BALLOT_TYPEHASH, election, choices, voter, nonce)));
        return signed.signer.isSignedBy(voter, digest, signed.signature);
    }

    function _cast(uint256 election, Election storage kept, uint256 number, uint256 ranking, bool isChange) private {
        _ballots[election].write(number, RankingLib.compose(ranking, isChange));
        if (number > kept.highest) kept.highest = uint32(number); // member numbers have 32 bits
    }

    // --------------------------------------------------------------------------------------------- counting

    function _endStage(uint256 election, Election storage kept, CountLib.Count storage counting) private {
        bool isRanked = kept.method == Method.Ranked;
        if (counting.stage != 1) counting.balance();
        else if (isRanked) counting.setQuota(kept.seats);
        uint256 moved = counting.moving == 0 ? 0 : _papers[election][counting.moving - 1];
        emit StageCounted(election, counting.stage, moved, votesAt(election, counting.stage));
        if (isRanked) _elect(election, counting, counting.reached());
    }

    /// @dev Decides what follows a counted stage: the result, another stage, or a lot, which is waited for.
    function _conclude(
        uint256 election,
        Election storage kept,
        CountLib.Count storage counting
    ) private returns (bool isDecided) {
        isDecided =
            kept.method == Method.Ranked
                ? _concludeRanked(election, counting, kept.seats)
                : _concludeApproval(election, counting, kept.seats);
        if (isDecided) _decide(election, kept, counting.elected);
    }

    function _concludeRanked(
        uint256 election,
        CountLib.Count storage counting,
        uint256 seats
    ) private returns (bool isDecided) {
        // Fewer than seats + 1 can have a quota.
        uint256 vacancies = seats - uint256(counting.elected).size();
        if (counting.quota == 0 || vacancies == 0) return true;
        bool isSurplus = counting.withSurplus() != 0;
        while (uint256(counting.continuing).size() > vacancies) {
            uint256 last = counting.pick(isSurplus ? counting.withSurplus() : counting.continuing, isSurplus);
            bool isIdle = !isSurplus && counting.areIdle(last);
            // Those without votes go together, without a stage: it makes no difference to anybody who is first.
            if (!isIdle || uint256(counting.continuing).size() < vacancies + last.size()) {
                last = _one(election, counting, last);
                if (last == 0) return false;
            }
            if (!isSurplus) _exclude(election, counting, last);
            if (!isIdle && uint256(counting.continuing).size() > vacancies) {
                counting.move(last);
                return false;
            }
        }
        _elect(election, counting, counting.continuing);
        return true;
    }

    function _concludeApproval(
        uint256 election,
        CountLib.Count storage counting,
        uint256 seats
    ) private returns (bool isDecided) {
        uint256 vacancies = seats - uint256(counting.elected).size();
        while (vacancies != 0 && counting.continuing != 0) {
            uint256 first = counting.pick(counting.continuing, true);
            if (counting.votes[1][first.placeOf()] == 0) return true;
            if (first.size() > vacancies) first = _one(election, counting, first);
            if (first == 0) return false;
            vacancies -= first.size();
            _elect(election, counting, first);
        }
        return true;
    }

    /// @dev One of `places`, which are even: by lot if they are several, 0 if that has to wait.
    function _one(uint256 election, CountLib.Count storage counting, uint256 places) private returns (uint256 place) {
        if (places.size() == 1) return places;
        if (counting.seed != 0) return counting.draw(places);
        counting.callLot();
        emit LotCalled(election, counting.lotBlock);
    }

    function _drawSeed(uint256 election, CountLib.Count storage counting) private returns (bool isDrawn) {
        if (block.number <= counting.lotBlock) revert Elections_LotPending(election, counting.lotBlock);
        bytes32 seed = counting.drawSeed();
        if (seed != 0) {
            emit LotDrawn(election, seed);
            return true;
        }
        counting.callLot();
        emit LotCalled(election, counting.lotBlock);
    }

    function _elect(uint256 election, CountLib.Count storage counting, uint256 places) private {
        counting.elect(places);
        for (uint256 place = 1; place <= MAX_PLACES; ++place) {
            if (places & (1 << place) == 0) continue;
            emit CandidateElected(election, _papers[election][place - 1], counting.stage);
        }
    }

    function _exclude(uint256 election, CountLib.Count storage counting, uint256 places) private {
        counting.close(places);
        for (uint256 place = 1; place <= MAX_PLACES; ++place) {
            if (places & (1 << place) == 0) continue;
            emit CandidateExcluded(election, _papers[election][place - 1], counting.stage);
        }
    }

    function _decide(uint256 election, Election storage kept, uint16 elected) private {
        kept.isDecided = true;
        kept.holders = elected;
        Office storage office = officeOf[kept.cooperative][kept.office];
        office.underWay = 0;
        if (elected != 0) office.current = uint128(election); // counted up in 128 bits
        emit ElectionDecided(election, kept.cooperative, kept.office, uint8(uint256(elected).size())); // at most 15
    }

    // ---------------------------------------------------------------------------------------------- offices

    /// @dev Whether a member was elected, neither resigned nor was recalled, and the term is not over.
    function _holds(uint256 election, uint256 number) private view returns (bool) {
        Election storage kept = _elections[election];
        uint256 place = _candidacies[election][number].place;
        // place 0 has no bit among the holders
        return block.timestamp < kept.termEnd && kept.holders & (1 << place) != 0;
    }

    function _vacate(address cooperative, bytes32 office, uint256 number, bool isRecall) private {
        uint256 current = officeOf[cooperative][office].current;
        if (!_holds(current, number)) revert Elections_NotAHolder(cooperative, office, number);
        _elections[current].holders &= ~uint16(1 << _candidacies[current][number].place); // bits 1 to 15
        emit OfficeVacated(current, number, isRecall);
    }
}
