import { Aggregator } from "./aggregator.js";
import { Challenger } from "./challenger.js";
import type { PartyContext } from "./party.js";

/** An aggregator that challenges the others' answers too: where updates are sealed, aggregators alone read all of them. */
export class WatchfulAggregator extends Aggregator {
  private readonly challenger: Challenger;

  constructor(context: PartyContext) {
    super(context);
    this.challenger = new Challenger(context);
  }

  override async step(): Promise<boolean> {
    const sent = await super.step();
    return (await this.challenger.step()) || sent;
  }
}
