// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Limits of what is spent in any period
/// @notice Two sums are kept: of what was spent in the present window, and up to when that was opened. When a window is a
/// period old, the next takes its place, opened with the last spending in it. So what is dropped is at least a period
/// old, the two sums hold all that was spent within the last period, and no period, whenever it begins, sees more than
/// the limit. What was spent counts for at least one period and less than two, and for exactly one if nothing is spent
/// in the meantime.
library MeterLib {
    struct Meter {
        // slot 0
        uint104 limit;
        uint32 period; // seconds
        uint48 opened; // second in which the present window was
        // slot 1
        uint104 former; // spent up to then, as far as it still counts
        uint104 current; // spent since
        uint48 last; // second of the last spending
    }

    /// @notice Counts an amount, unless it exceeds what is left of the limit.
    function spend(Meter storage self, uint256 amount) internal returns (bool isWithin) {
        Meter memory meter = _now(self);
        uint256 counted = _sum(meter);
        if (counted > meter.limit || amount > meter.limit - counted) return false;
        meter.current += uint104(amount); // at most the limit
        meter.last = uint48(block.timestamp); // fits for 8.9 million years
        _store(self, meter);
        return true;
    }

    /// @notice What counts against the limit now.
    function spent(Meter storage self) internal view returns (uint256 amount) {
        return _sum(_now(self));
    }

    function _store(Meter storage self, Meter memory meter) private {
        self.limit = meter.limit;
        self.period = meter.period;
        self.opened = meter.opened;
        self.former = meter.former;
        self.current = meter.current;
        self.last = meter.last;
    }

    /// @dev The meter as it stands in this second, in a new window if one is due. All of `former` was spent at `opened` or
    /// before, all of `current` from then on.
    function _now(Meter storage self) private view returns (Meter memory meter) {
        meter = self;
        if (block.timestamp < uint256(meter.opened) + meter.period) return meter;
        if (block.timestamp < uint256(meter.last) + meter.period) {
            (meter.former, meter.opened) = (meter.current, meter.last);
        } else {
            (meter.former, meter.opened) = (0, uint48(block.timestamp)); // see above
        }
        meter.current = 0;
    }

    function _sum(Meter memory meter) private pure returns (uint256) {
        return uint256(meter.former) + meter.current;
    }
}
