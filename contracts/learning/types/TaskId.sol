// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @dev Number of a learning task in one `LearningTasks`; the first is 1.
type TaskId is uint256;
