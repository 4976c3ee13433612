import { Aggregator } from "./aggregator.js";
import { Challenger } from "./challenger.js";
import type { PartyContext } from "./party.js";
import { bothOf } from "./run.js";

/** An aggregator that challenges the others' answers too: where updates are sealed, aggregators alone read all of them. */
export class WatchfulAggregator extends Aggregator {
  private readonly challenger: Challenger;

  constructor(context: PartyContext) {
    super(context);
    this.challenger = new Challenger(context);
  }

  override step(): Promise<boolean> {
    return bothOf(
      () => super.step(),
      () => this.challenger.step(),
    );
  }

  isDone(): Promise<boolean> {
    return this.challenger.isDone();
  }
}
