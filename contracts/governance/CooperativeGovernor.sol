// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {IERC165} from "@openzeppelin/contracts/interfaces/IERC165.sol";
import {IERC6372} from "@openzeppelin/contracts/interfaces/IERC6372.sol";
import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {SignerLib} from "../identity/libraries/SignerLib.sol";
import {IMembership} from "../membership/interfaces/IMembership.sol";
import {IProxies} from "../membership/interfaces/IProxies.sol";
import {IReputation} from "../reputation/interfaces/IReputation.sol";
import {ICooperativeGovernor} from "./interfaces/ICooperativeGovernor.sol";
import {IOffices} from "./interfaces/IOffices.sol";
import {IPolicyBook} from "./interfaces/IPolicyBook.sol";
import {ITreasury} from "./interfaces/ITreasury.sol";
import {BallotLib} from "./libraries/BallotLib.sol";
import {BallotSignatureLib} from "./libraries/BallotSignatureLib.sol";
import {GuardianLib} from "./libraries/GuardianLib.sol";
import {PolicyLib} from "./libraries/PolicyLib.sol";
import {ProposingLib} from "./libraries/ProposingLib.sol";
import {WeighingLib} from "./libraries/WeighingLib.sol";
import {Proposal, ProposalLib} from "./types/Proposal.sol";

/// @title Governor of a cooperative
/// @notice See `ICooperativeGovernor`.
/// @dev Used through clones whose immutable arguments are `abi.encode(treasury, token)`. Called directly, the
/// implementation has no cooperative and no members, so nothing can be proposed to it.
contract CooperativeGovernor is ICooperativeGovernor, EIP712 {
    using BallotLib for mapping(uint256 index => uint256 word);
    using BallotLib for uint256;
    using GuardianLib for GuardianLib.Guardianship;
    using BallotSignatureLib for address;
    using BallotSignatureLib for bytes;
    using SignerLib for bytes;

    /// @dev Signed ballots being counted, and the word of 64 ballots at hand.
    struct Batch {
        Proposal counted; // so far
        uint256 tallies; // before, of weighted ballots
        address[] voters;
        uint256[] numbers; // of those who may decide, else 0
        bytes32 domain;
        uint256 index;
        uint256 stored;
        uint256 word;
        // of the next ballot: type, proposal, support, voter, nonce
        uint256[5] typedData;
    }

    /// @inheritdoc ICooperativeGovernor
    bytes32 public constant BALLOT_TYPEHASH = keccak256(
        "Ballot(uint256 proposalId,uint8 support,address voter,uint256 nonce)"
    );
    /// @inheritdoc ICooperativeGovernor
    bytes32 public constant EXTENDED_BALLOT_TYPEHASH = keccak256(
        "ExtendedBallot(uint256 proposalId,uint8 support,address voter,uint256 nonce,string reason,bytes params)"
    );

    /// @inheritdoc ICooperativeGovernor
    uint256 public constant MAX_ACTIONS = 32;
    /// @inheritdoc ICooperativeGovernor
    uint256 public constant SIGNER_GAS = BallotSignatureLib.SIGNER_GAS;
    // States in which a proposal may still be carried out.
    bytes32 private constant OPEN = bytes32(
        (1 << uint8(ProposalState.Pending)) | (1 << uint8(ProposalState.Active)) | (1 << uint8(ProposalState.Queued))
    );

    // solhint-disable immutable-vars-naming
    /// @inheritdoc ICooperativeGovernor
    IMembership public immutable membership;
    /// @inheritdoc ICooperativeGovernor
    IPolicyBook public immutable policyBook;
    /// @inheritdoc ICooperativeGovernor
    IProxies public immutable proxies;
    /// @inheritdoc ICooperativeGovernor
    IOffices public immutable offices;
    /// @inheritdoc ICooperativeGovernor
    IReputation public immutable reputation;
    // solhint-enable immutable-vars-naming

    mapping(uint256 proposalId => Proposal proposal) private _proposals;
    mapping(uint256 proposalId => mapping(uint256 index => uint256 word)) private _ballots;
    mapping(uint256 proposalId => uint256 tallies) private _tallies; // of weighted ballots
    GuardianLib.Guardianship private _guardianship;

    /// @param membership_ the book of all members.
    /// @param policyBook_ the book of policies.
    /// @param proxies_ the book of proxies.
    /// @param offices_ who holds offices.
    /// @param reputation_ the book of reputation.
    constructor(
        IMembership membership_,
        IPolicyBook policyBook_,
        IProxies proxies_,
        IOffices offices_,
        IReputation reputation_
    ) EIP712("Artel Governor", "1") {
        membership = membership_;
        policyBook = policyBook_;
        proxies = proxies_;
        offices = offices_;
        reputation = reputation_;
    }

    // ------------------------------------------------------------------------------------------ proposals

    // Arguments in memory keep the stack shallow enough to compile without the IR pipeline, and the contract small: all
    // functions share what reads and hashes them.
    // solhint-disable gas-calldata-parameters
    /// @inheritdoc IGovernor
    function propose(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        string memory description
    ) external returns (uint256 proposalId) {
        uint256 sponsors;
        (proposalId, sponsors) = _propose(targets, values, calldatas, description);
        if (sponsors != 0) revert Governor_SponsorsMissing(0, sponsors);
    }

    /// @inheritdoc ICooperativeGovernor
    function proposeWithSponsors(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        string memory description,
        Sponsorship[] calldata sponsorships
    ) external returns (uint256 proposalId) {
        uint256 sponsors;
        (proposalId, sponsors) = _propose(targets, values, calldatas, description);
        ProposingLib.checkSponsors(proposalId, _proposals[proposalId], sponsors, _domainSeparatorV4(), sponsorships);
    }

    /// @inheritdoc IGovernor
    function queue(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) external returns (uint256 proposalId) {
        proposalId = hashProposal(targets, values, calldatas, descriptionHash);
        _requireState(proposalId, ProposalState.Queued);
        emit ProposalQueued(proposalId, proposalEta(proposalId));
    }

    /// @inheritdoc IGovernor
    function execute(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) external payable returns (uint256 proposalId) {
        proposalId = hashProposal(targets, values, calldatas, descriptionHash);
        _requireState(proposalId, ProposalState.Queued);
        Proposal proposal = _proposals[proposalId];
        uint256 policy = _policyOf(proposal);
        uint256 eta = proposal.end() + PolicyLib.executionDelay(policy);
        if (block.timestamp < eta) revert Governor_TooEarly(proposalId, eta);
        _proposals[proposalId] = proposal.execute();
        ITreasury(treasury()).execute{value: msg.value}(
            proposalId,
            PolicyLib.classOf(policy),
            policyBook,
            targets,
            values,
            calldatas
        );
        emit ProposalExecuted(proposalId);
    }

    /// @inheritdoc IGovernor
    function cancel(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) external returns (uint256 proposalId) {
        proposalId = hashProposal(targets, values, calldatas, descriptionHash);
        if (state(proposalId) != ProposalState.Pending || msg.sender != proposalProposer(proposalId)) {
            revert GovernorUnableToCancel(proposalId, msg.sender);
        }
        _proposals[proposalId] = _proposals[proposalId].cancel();
        emit ProposalCanceled(proposalId);
    }

    /// @inheritdoc ICooperativeGovernor
    function cancelAsGuardian(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash,
        string memory reason
    ) external returns (uint256 proposalId) {
        proposalId = hashProposal(targets, values, calldatas, descriptionHash);
        ProposalState current = state(proposalId);
        if (!_isOpen(current)) revert GovernorUnexpectedProposalState(proposalId, current, OPEN);
        Proposal proposal = _proposals[proposalId];
        _proposals[proposalId] = proposal.cancel();
        _guardianship.enter(proposalId, proposal.createdAt(), targets, values, calldatas, reason);
        emit ProposalCanceled(proposalId);
    }
    // solhint-enable gas-calldata-parameters

    // -------------------------------------------------------------------------------------------- ballots

    /// @inheritdoc IGovernor
    function castVote(uint256 proposalId, uint8 support) external returns (uint256 weight) {
        return _castOwn(proposalId, support, "");
    }

    /// @inheritdoc IGovernor
    function castVoteWithReason(
        uint256 proposalId,
        uint8 support,
        string calldata reason
    ) external returns (uint256 weight) {
        return _castOwn(proposalId, support, reason);
    }

    /// @inheritdoc IGovernor
    function castVoteWithReasonAndParams(
        uint256 proposalId,
        uint8 support,
        string calldata reason,
        bytes calldata params
    ) external returns (uint256 weight) {
        if (params.length != 0) revert GovernorInvalidVoteParams();
        return _castOwn(proposalId, support, reason);
    }

    /// @inheritdoc IGovernor
    function castVoteBySig(
        uint256 proposalId,
        uint8 support,
        address voter,
        bytes calldata signature
    ) external returns (uint256 weight) {
        bytes memory head = abi.encode(BALLOT_TYPEHASH, proposalId, support, voter);
        return _castSigned(proposalId, support, "", voter, head, "", signature);
    }

    /// @inheritdoc IGovernor
    function castVoteWithReasonAndParamsBySig(
        uint256 proposalId,
        uint8 support,
        address voter,
        string calldata reason,
        bytes calldata params,
        bytes calldata signature
    ) external returns (uint256 weight) {
        if (params.length != 0) revert GovernorInvalidVoteParams();
        bytes memory head = abi.encode(EXTENDED_BALLOT_TYPEHASH, proposalId, support, voter);
        bytes memory tail = abi.encode(keccak256(bytes(reason)), keccak256(params));
        return _castSigned(proposalId, support, reason, voter, head, tail, signature);
    }

    /// @inheritdoc ICooperativeGovernor
    function castVotesBySig(
        uint256 proposalId,
        SignedBallot[] calldata ballots
    ) external returns (uint256 countedBallots) {
        Proposal proposal = _requireActive(proposalId);
        Batch memory batch = _batchOf(proposalId, proposal);
        (batch.voters, batch.numbers) = _votersOf(proposal, ballots);
        mapping(uint256 index => uint256 word) storage words = _ballots[proposalId];
        for (uint256 i; i < ballots.length; ++i) {
            uint256 number = batch.numbers[i];
            if (number >> 6 != batch.index) {
                _storeWord(batch, words);
                batch.index = number >> 6;
                batch.stored = batch.word = words.wordOf(number);
            }
            SignedBallot calldata signed = ballots[i];
            uint256 ballot = BallotLib.ballotIn(batch.word, number);
            Refusal refusal = _refusalOf(batch, signed, batch.voters[i], number, ballot);
            if (refusal != Refusal.None) {
                emit BallotRefused(proposalId, batch.voters[i], refusal);
                continue;
            }
            batch.word = BallotLib.replaceIn(batch.word, number, BallotLib.own(signed.support, signed.isChange));
            batch.counted = _count(batch.counted, ballot, signed.support);
            ++countedBallots;
            uint256 weight = _weigh(proposalId, proposal, number, ballot, signed.support);
            emit VoteCast(batch.voters[i], proposalId, signed.support, weight, "");
        }
        _storeWord(batch, words);
        if (countedBallots != 0) {
            _proposals[proposalId] = _extendedIfTurned(proposalId, proposal, batch.tallies, batch.counted);
        }
    }

    /// @inheritdoc ICooperativeGovernor
    function castProxied(
        uint256 proposalId,
        uint8 support,
        uint256[] calldata principals
    ) external returns (uint256 countedBallots) {
        Proposal proposal = _requireActive(proposalId);
        if (support >= BallotLib.SUPPORTS) revert GovernorInvalidVoteType();
        uint256[] memory members = _principalsOf(msg.sender, proposal, principals);
        countedBallots = _writeProxied(_ballots[proposalId], members, BallotLib.proxied(support));
        if (countedBallots == 0) revert Governor_NoProxiedBallot(proposalId, msg.sender);
        emit ProxiedBallotsCast(proposalId, msg.sender, support, members);
        uint256 tallies = _talliesOf(proposalId, proposal);
        if (proposal.isWeighted()) WeighingLib.add(_tallies, proposalId, proposal, members, support);
        Proposal counted = proposal.add(support, countedBallots);
        _proposals[proposalId] = _extendedIfTurned(proposalId, proposal, tallies, counted);
    }

    // ---------------------------------------------------------------------------------- views of proposals

    /// @inheritdoc IGovernor
    function state(uint256 proposalId) public view returns (ProposalState) {
        ProposalState current = _unvoidedState(proposalId);
        return _isOpen(current) && _isVoid(_proposals[proposalId]) ? ProposalState.Canceled : current;
    }

    /// @inheritdoc IGovernor
    function proposalSnapshot(uint256 proposalId) external view returns (uint256) {
        return _proposals[proposalId].start();
    }

    /// @inheritdoc IGovernor
    function proposalDeadline(uint256 proposalId) external view returns (uint256) {
        return _proposals[proposalId].end();
    }

    /// @inheritdoc IGovernor
    function proposalEta(uint256 proposalId) public view returns (uint256) {
        Proposal proposal = _proposals[proposalId];
        return proposal.exists() ? proposal.end() + PolicyLib.executionDelay(_policyOf(proposal)) : 0;
    }

    /// @inheritdoc IGovernor
    function proposalProposer(uint256 proposalId) public view returns (address) {
        return membership.accountOf(treasury(), _proposals[proposalId].proposer());
    }

    /// @inheritdoc IGovernor
    function proposalNeedsQueuing(uint256) external pure returns (bool) {
        return true;
    }

    /// @inheritdoc ICooperativeGovernor
    function proposalVotes(
        uint256 proposalId
    ) external view returns (uint256 againstVotes, uint256 forVotes, uint256 abstainVotes) {
        Proposal proposal = _proposals[proposalId];
        if (!proposal.isWeighted()) {
            return (proposal.count(0) + proposal.count(3), proposal.count(1), proposal.count(2));
        }
        uint256 tallies = _tallies[proposalId];
        againstVotes = WeighingLib.tallyOf(tallies, 0) + WeighingLib.tallyOf(tallies, 3);
        return (againstVotes, WeighingLib.tallyOf(tallies, 1), WeighingLib.tallyOf(tallies, 2));
    }

    /// @inheritdoc ICooperativeGovernor
    function proposalBallots(
        uint256 proposalId
    ) external view returns (uint256 against, uint256 inFavour, uint256 abstain, uint256 veto) {
        Proposal proposal = _proposals[proposalId];
        return (proposal.count(0), proposal.count(1), proposal.count(2), proposal.count(3));
    }

    /// @inheritdoc ICooperativeGovernor
    function proposalVetoes(uint256 proposalId) external view returns (uint256 vetoes) {
        return _proposals[proposalId].count(3);
    }

    /// @inheritdoc ICooperativeGovernor
    function proposalElectorate(uint256 proposalId) external view returns (uint256 members) {
        return _proposals[proposalId].electorate();
    }

    /// @inheritdoc ICooperativeGovernor
    function proposalPolicy(uint256 proposalId) external view returns (uint256 policyVersion, uint256 policy) {
        Proposal proposal = _require(proposalId);
        return (proposal.version(), _policyOf(proposal));
    }

    /// @inheritdoc ICooperativeGovernor
    function ballotOf(uint256 proposalId, uint256 memberNumber) external view returns (uint8 ballot) {
        return uint8(_ballots[proposalId].read(memberNumber)); // four bits
    }

    /// @inheritdoc ICooperativeGovernor
    function ballotNonce(uint256 proposalId, address account) external view returns (uint256 nonce) {
        uint256 ballot = _ballots[proposalId].read(membership.numberOf(treasury(), account));
        if (ballot.isChanged()) return 2;
        return ballot.isOwn() ? 1 : 0;
    }

    /// @inheritdoc IGovernor
    function hasVoted(uint256 proposalId, address account) external view returns (bool) {
        return _ballots[proposalId].read(membership.numberOf(treasury(), account)).isOwn();
    }

    // ------------------------------------------------------------------------------ views of the governor

    /// @inheritdoc ICooperativeGovernor
    function treasury() public view returns (address payable treasury_) {
        // the first of the clone's immutable arguments, which follow its 45 bytes of code; every ballot reads it
        assembly ("memory-safe") {
            extcodecopy(address(), 0, 45, 32)
            treasury_ := shr(96, shl(96, mload(0)))
        }
    }

    /// @inheritdoc ICooperativeGovernor
    function token() external view returns (address token_) {
        (, token_) = abi.decode(Clones.fetchCloneArgs(address(this)), (address, address));
    }

    /// @inheritdoc IGovernor
    function name() external pure returns (string memory) {
        return "Artel Governor";
    }

    /// @inheritdoc IGovernor
    function version() external pure returns (string memory) {
        return "1";
    }

    /// @inheritdoc IGovernor
    function COUNTING_MODE() external pure returns (string memory) {
        return "support=bravo,veto&quorum=against,for,abstain";
    }

    /// @inheritdoc IERC6372
    function CLOCK_MODE() external pure returns (string memory) {
        return "mode=timestamp";
    }

    /// @inheritdoc IERC6372
    function clock() external view returns (uint48) {
        return uint48(block.timestamp); // fits for 8.9 million years
    }

    /// @inheritdoc IGovernor
    function proposalThreshold() external pure returns (uint256) {
        return 1;
    }

    /// @inheritdoc IGovernor
    function votingDelay() external view returns (uint256) {
        return PolicyLib.votingDelay(_constitution());
    }

    /// @inheritdoc IGovernor
    function votingPeriod() external view returns (uint256) {
        return PolicyLib.votingPeriod(_constitution());
    }

    /// @inheritdoc IGovernor
    function quorum(uint256 timepoint) external view returns (uint256) {
        return PolicyLib.quorum(_constitution(), membership.pastElectorate(treasury(), timepoint));
    }

    /// @inheritdoc IGovernor
    function getVotes(address account, uint256 timepoint) public view returns (uint256) {
        return membership.pastStanding(treasury(), account, timepoint);
    }

    /// @inheritdoc IGovernor
    function getVotesWithParams(
        address account,
        uint256 timepoint,
        bytes calldata params
    ) external view returns (uint256) {
        if (params.length != 0) revert GovernorInvalidVoteParams();
        return getVotes(account, timepoint);
    }

    /// @inheritdoc IGovernor
    function hashProposal(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) public pure returns (uint256) {
        return uint256(keccak256(abi.encode(targets, values, calldatas, descriptionHash)));
    }

    // solhint-disable gas-calldata-parameters
    /// @inheritdoc IGovernor
    function getProposalId(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) external pure returns (uint256) {
        return hashProposal(targets, values, calldatas, descriptionHash);
    }
    // solhint-enable gas-calldata-parameters

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return
            interfaceId == type(IERC165).interfaceId ||
            interfaceId == type(IERC6372).interfaceId ||
            interfaceId == type(ICooperativeGovernor).interfaceId ||
            interfaceId == type(IGovernor).interfaceId ||
            // the identifier that OpenZeppelin's governors had before `getProposalId`
            interfaceId == type(IGovernor).interfaceId ^ IGovernor.getProposalId.selector;
    }

    // ------------------------------------------------------------------------------------- making proposals

    function _propose(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        string memory description
    ) private returns (uint256 proposalId, uint256 sponsors) {
        if (!_isOpenTo(msg.sender, description)) revert GovernorRestrictedProposer(msg.sender);
        if (targets.length != values.length || targets.length != calldatas.length || targets.length == 0) {
            revert GovernorInvalidProposalLength(targets.length, calldatas.length, values.length);
        }
        if (targets.length > MAX_ACTIONS) revert Governor_TooManyActions(targets.length, MAX_ACTIONS);
        proposalId = hashProposal(targets, values, calldatas, keccak256(bytes(description)));
        if (_proposals[proposalId].exists()) {
            revert GovernorUnexpectedProposalState(proposalId, state(proposalId), 0);
        }

        (uint8 policyClass, uint256 policyVersion, uint256 policy) = policyBook.classify(
            treasury(),
            targets,
            values,
            calldatas
        );
        Proposal proposal = _create(policyVersion, policy);
        _proposals[proposalId] = proposal;
        _announce(proposalId, proposal, targets, values, calldatas, description);
        emit ProposalClassified(proposalId, policyClass, policyVersion, proposal.electorate());
        return (proposalId, PolicyLib.sponsors(policy));
    }

    /// @dev A proposal of the caller. Proposer and electorate are read at the second before, so that members who join
    /// in the same second neither propose nor count.
    function _create(uint256 policyVersion, uint256 policy) private view returns (Proposal) {
        address cooperative = treasury();
        uint256 snapshot = block.timestamp - 1;
        uint256 number = membership.ballotRight(cooperative, msg.sender, snapshot);
        if (number == 0) revert Governor_NotAMember(msg.sender);
        if (number > ProposalLib.MAX_COUNT) revert Governor_OutOfRange("proposer", number);
        uint256 electorate = membership.pastElectorate(cooperative, snapshot);
        if (electorate > ProposalLib.MAX_COUNT) revert Governor_OutOfRange("electorate", electorate);
        return ProposalLib.create(block.timestamp, electorate, number, policyVersion, policy);
    }

    /// @dev On its own because of the depth of the stack.
    function _announce(
        uint256 proposalId,
        Proposal proposal,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        string memory description
    ) private {
        emit ProposalCreated(
            proposalId,
            msg.sender,
            targets,
            values,
            new string[](targets.length),
            calldatas,
            proposal.start(),
            proposal.end(),
            description
        );
    }

    /// @dev Whether a description lets this account propose: one that ends in `#proposer=0x...` names the only account
    /// that may, which protects a proposal from being front-run (the rule is OpenZeppelin's).
    function _isOpenTo(address proposer, string memory description) private pure returns (bool) {
        bytes memory text = bytes(description);
        bytes memory marker = "#proposer=";
        uint256 suffix = marker.length + 42;
        if (text.length < suffix) return true;
        uint256 offset = text.length - suffix;
        for (uint256 i; i < marker.length; ++i) {
            if (text[offset + i] != marker[i]) return true;
        }
        return ProposingLib.isNamed(description, proposer);
    }

    // -------------------------------------------------------------------------------------- casting ballots

    function _castOwn(uint256 proposalId, uint8 support, string memory reason) private returns (uint256 weight) {
        (Proposal proposal, uint256 number, uint256 word) = _turnOf(proposalId, msg.sender);
        bool isChange = BallotLib.ballotIn(word, number).isOwn();
        weight = _record(proposalId, support, msg.sender, proposal, number, word, isChange);
        emit VoteCast(msg.sender, proposalId, support, weight, reason);
    }

    /// @param head what the typed data of a ballot has before the nonce.
    /// @param tail what they have after it.
    function _castSigned(
        uint256 proposalId,
        uint8 support,
        string memory reason,
        address voter,
        bytes memory head,
        bytes memory tail,
        bytes memory signature
    ) private returns (uint256 weight) {
        (Proposal proposal, uint256 number, uint256 word) = _turnOf(proposalId, voter);
        if (BallotLib.ballotIn(word, number).isChanged()) revert GovernorAlreadyCastVote(voter);
        bool isChange = BallotLib.ballotIn(word, number).isOwn();
        if (!_isSigned(voter, head, isChange, tail, signature)) {
            // A signed change counts even if it arrives before the ballot that it changes.
            if (isChange || !_isSigned(voter, head, true, tail, signature)) revert GovernorInvalidSignature(voter);
            isChange = true;
        }
        weight = _record(proposalId, support, voter, proposal, number, word, isChange);
        emit VoteCast(voter, proposalId, support, weight, reason);
    }

    function _isSigned(
        address voter,
        bytes memory head,
        bool isChange,
        bytes memory tail,
        bytes memory signature
    ) private view returns (bool) {
        uint256 nonce = isChange ? 1 : 0;
        bytes32 digest = _hashTypedDataV4(keccak256(bytes.concat(head, abi.encode(nonce), tail)));
        return voter.isSignedBy(digest, signature);
    }

    /// @dev An active proposal. Does not ask whether the governor has been replaced: a ballot on a void proposal has no
    /// effect, and every other one would pay.
    function _requireActive(uint256 proposalId) private view returns (Proposal proposal) {
        proposal = _proposals[proposalId];
        if (!proposal.isActive()) {
            revert GovernorUnexpectedProposalState(proposalId, state(proposalId), _bitmap(ProposalState.Active));
        }
    }

    /// @dev The turn of a member who may decide an active proposal: who it is, and the word that holds the ballot.
    function _turnOf(
        uint256 proposalId,
        address voter
    ) private view returns (Proposal proposal, uint256 number, uint256 word) {
        proposal = _requireActive(proposalId);
        address cooperative = treasury();
        uint256 snapshot = proposal.createdAt() - 1;
        number = membership.ballotRight(cooperative, voter, snapshot);
        uint256 standingSince = _standingSince(cooperative, proposal, snapshot);
        if (number != 0 && standingSince != snapshot) {
            number = membership.ballotRight(cooperative, voter, standingSince);
        }
        if (number == 0) revert Governor_NoBallotRight(proposalId, voter);
        word = _ballots[proposalId].wordOf(number);
    }

    function _batchOf(uint256 proposalId, Proposal proposal) private view returns (Batch memory batch) {
        batch.counted = proposal;
        batch.tallies = _talliesOf(proposalId, proposal);
        batch.domain = _domainSeparatorV4();
        batch.index = type(uint256).max; // no number's
        batch.typedData[0] = uint256(BALLOT_TYPEHASH);
        batch.typedData[1] = proposalId;
    }

    /// @dev Who the signers of ballots are, and their numbers if they may decide, else 0: asked for in one page.
    function _votersOf(
        Proposal proposal,
        SignedBallot[] calldata ballots
    ) private view returns (address[] memory voters, uint256[] memory numbers) {
        voters = new address[](ballots.length);
        for (uint256 i; i < voters.length; ++i) voters[i] = ballots[i].signer.accountOf();
        address cooperative = treasury();
        uint256 snapshot = proposal.createdAt() - 1;
        uint256 standingSince = _standingSince(cooperative, proposal, snapshot);
        numbers = membership.ballotRights(cooperative, voters, snapshot);
        if (standingSince == snapshot) return (voters, numbers);
        uint256[] memory seasoned = membership.ballotRights(cooperative, voters, standingSince);
        for (uint256 i; i < numbers.length; ++i) {
            if (seasoned[i] == 0) numbers[i] = 0;
        }
    }

    /// @dev Why a signed ballot of a batch does not count. Its signer is called last, if it is a member's.
    function _refusalOf(
        Batch memory batch,
        SignedBallot calldata signed,
        address voter,
        uint256 number,
        uint256 ballot
    ) private view returns (Refusal) {
        if (number == 0) return Refusal.NoBallotRight;
        if (signed.support >= BallotLib.SUPPORTS) return Refusal.InvalidSupport;
        if (_repeats(ballot, signed.support) || (signed.isChange ? ballot.isChanged() : ballot.isOwn())) {
            return Refusal.AlreadyCast;
        }
        uint256[5] memory typedData = batch.typedData;
        typedData[2] = signed.support;
        typedData[3] = uint160(voter);
        typedData[4] = signed.isChange ? 1 : 0;
        bytes32 structHash;
        // the encoding is these five words as they are in memory
        assembly ("memory-safe") {
            structHash := keccak256(typedData, 160)
        }
        bytes32 digest = MessageHashUtils.toTypedDataHash(batch.domain, structHash);
        bool isSigned = signed.signer.isSignedBy(voter, digest, signed.signature);
        return isSigned ? Refusal.None : Refusal.InvalidSignature;
    }

    function _storeWord(Batch memory batch, mapping(uint256 index => uint256 word) storage words) private {
        if (batch.word != batch.stored) words[batch.index] = batch.word;
    }

    /// @dev Each of these members whose ballot a holder of proxies may cast, else 0.
    function _principalsOf(
        address holder,
        Proposal proposal,
        uint256[] calldata principals
    ) private view returns (uint256[] memory members) {
        address cooperative = treasury();
        uint256 policy = policyBook.policyWord(cooperative, proposal.version());
        uint256 snapshot = proposal.createdAt() - 1;
        uint256 standingSince = Math.saturatingSub(snapshot, PolicyLib.seasoning(policy));
        uint8 topic = PolicyLib.classOf(policy);
        return proxies.ballotRights(cooperative, holder, topic, standingSince, snapshot, principals);
    }

    /// @dev Gives those of the members who have none this ballot, and leaves them alone in the list.
    function _writeProxied(
        mapping(uint256 index => uint256 word) storage words,
        uint256[] memory members,
        uint256 ballot
    ) private returns (uint256 written) {
        uint256 index = type(uint256).max; // no number's
        uint256 word;
        for (uint256 i; i < members.length; ++i) {
            uint256 number = members[i];
            if (number == 0) continue;
            if (number >> 6 != index) {
                if (written != 0) words[index] = word;
                index = number >> 6;
                word = words.wordOf(number);
            }
            if (BallotLib.ballotIn(word, number) != 0) continue;
            word = BallotLib.addIn(word, number, ballot);
            members[written] = number; // at `i` or before, read already
            ++written;
        }
        if (written != 0) words[index] = word;
        // cuts off what is left behind the last that counts
        assembly ("memory-safe") {
            mstore(members, written)
        }
    }

    /// @dev Second from which a voter needs standing: the snapshot, as much earlier as the policy asks for.
    function _standingSince(address cooperative, Proposal proposal, uint256 snapshot) private view returns (uint256) {
        if (!proposal.isSeasoned()) return snapshot;
        uint256 seasoning = PolicyLib.seasoning(policyBook.policyWord(cooperative, proposal.version()));
        return Math.saturatingSub(snapshot, seasoning);
    }

    /// @dev Whether a member's own ballot says this already.
    function _repeats(uint256 ballot, uint256 support) private pure returns (bool) {
        return ballot.isOwn() && ballot.supportOf() == support;
    }

    /// @dev The proposal with a ballot in place of the former one, if there was any.
    function _count(Proposal proposal, uint256 former, uint256 support) private pure returns (Proposal) {
        if (former != 0) proposal = proposal.remove(former.supportOf());
        return proposal.add(support, 1);
    }

    /// @param word that holds the member's ballot so far.
    function _record(
        uint256 proposalId,
        uint8 support,
        address voter,
        Proposal proposal,
        uint256 number,
        uint256 word,
        bool isChange
    ) private returns (uint256 weight) {
        if (support >= BallotLib.SUPPORTS) revert GovernorInvalidVoteType();
        uint256 former = BallotLib.ballotIn(word, number);
        if (_repeats(former, support)) revert GovernorAlreadyCastVote(voter);
        _ballots[proposalId][number >> 6] = BallotLib.replaceIn(word, number, BallotLib.own(support, isChange));
        uint256 tallies = _talliesOf(proposalId, proposal);
        weight = _weigh(proposalId, proposal, number, former, support);
        _proposals[proposalId] = _extendedIfTurned(proposalId, proposal, tallies, _count(proposal, former, support));
    }

    /// @dev Weighs a ballot that takes the place of the former one, if there was any.
    function _weigh(
        uint256 proposalId,
        Proposal proposal,
        uint256 number,
        uint256 former,
        uint256 support
    ) private returns (uint256 weight) {
        return proposal.isWeighted() ? WeighingLib.move(_tallies, proposalId, proposal, number, former, support) : 1;
    }

    /// @dev What the ballots weigh, 0 where each weighs 1.
    function _talliesOf(uint256 proposalId, Proposal proposal) private view returns (uint256 tallies) {
        if (proposal.isWeighted()) tallies = _tallies[proposalId];
    }

    /// @dev The proposal after a ballot, with its one extension if the ballot is late and turned the outcome.
    /// @param tallies what ballots weighed before; what they weigh now is stored.
    function _extendedIfTurned(
        uint256 proposalId,
        Proposal previous,
        uint256 tallies,
        Proposal current
    ) private returns (Proposal) {
        bool isLate = block.timestamp + previous.lateWindow() > previous.end();
        if (!isLate || previous.isExtended()) return current;
        uint256 policy = _policyOf(previous);
        bool passed = previous.passes(policy, tallies);
        if (passed == current.passes(policy, _talliesOf(proposalId, current))) return current;
        current = current.extend();
        emit ProposalExtended(proposalId, uint64(current.end())); // a time of 34 bits and two phases of 23
        return current;
    }

    // ----------------------------------------------------------------------------------- states and policies

    function _requireState(uint256 proposalId, ProposalState expected) private view {
        ProposalState current = state(proposalId);
        if (current != expected) revert GovernorUnexpectedProposalState(proposalId, current, _bitmap(expected));
    }

    /// @dev State as long as this governor is the treasury's.
    function _unvoidedState(uint256 proposalId) private view returns (ProposalState) {
        Proposal proposal = _require(proposalId);
        if (proposal.isExecuted()) return ProposalState.Executed;
        if (proposal.isCancelled()) return ProposalState.Canceled;
        if (block.timestamp <= proposal.start()) return ProposalState.Pending;
        uint256 end = proposal.end();
        if (block.timestamp <= end) return ProposalState.Active;
        uint256 policy = _policyOf(proposal);
        if (!proposal.passes(policy, _talliesOf(proposalId, proposal))) return ProposalState.Defeated;
        uint256 expiry = end + PolicyLib.executionDelay(policy) + PolicyLib.executionWindow(policy);
        return block.timestamp <= expiry ? ProposalState.Queued : ProposalState.Expired;
    }

    function _isOpen(ProposalState current) private pure returns (bool) {
        return _bitmap(current) & OPEN != 0;
    }

    /// @dev Whether the treasury has, or since the proposal had, another governor.
    function _isVoid(Proposal proposal) private view returns (bool) {
        ITreasury treasury_ = ITreasury(treasury());
        return treasury_.governor() != address(this) || proposal.createdAt() < treasury_.governorSince();
    }

    function _require(uint256 proposalId) private view returns (Proposal proposal) {
        proposal = _proposals[proposalId];
        if (!proposal.exists()) revert GovernorNonexistentProposal(proposalId);
    }

    function _policyOf(Proposal proposal) private view returns (uint256 policy) {
        return policyBook.policyWord(treasury(), proposal.version());
    }

    function _constitution() private view returns (uint256 policy) {
        address cooperative = treasury();
        uint256 current = policyBook.currentVersion(cooperative, policyBook.CONSTITUTIONAL());
        return policyBook.policyWord(cooperative, current);
    }

    function _bitmap(ProposalState set) private pure returns (bytes32) {
        return bytes32(1 << uint8(set));
    }
}
