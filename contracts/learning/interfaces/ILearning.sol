// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import {ILearningAnswers} from "./ILearningAnswers.sol";
import {ILearningAppeals} from "./ILearningAppeals.sol";
import {ILearningTasks} from "./ILearningTasks.sol";
import {ITaskRewards} from "./ITaskRewards.sol";

/// @title All that `LearningTasks` offers at its address
/// @notice Part of it is code of `LearningAnswers`, to which it delegates.
interface ILearning is ILearningTasks, ILearningAnswers, ILearningAppeals, ITaskRewards, IERC5267 {}
