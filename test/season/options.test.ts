import { expect } from "chai";

import { parseOptions, SeasonFlagError } from "../../season/options.js";

describe("flags of a season", () => {
  it("have defaults, smaller ones with --quick", () => {
    expect(parseOptions([])).to.include({ clients: 8, rounds: 5, data: "mnist", seed: "artel", quick: false });
    expect(parseOptions(["--quick"])).to.include({ rounds: 2, quick: true });
    expect(parseOptions(["--quick", "--rounds", "3"])).to.include({ rounds: 3 });
    expect(parseOptions(["--help", "--clients", "0"])).to.equal(undefined);
  });

  const wrong: [string[], RegExp][] = [
    [["--frobnicate"], /^Unknown option '--frobnicate'/],
    [["extra"], /^Unexpected argument 'extra'/],
    [["--rounds"], /--rounds/],
    [["--clients", "many"], /^--clients needs a whole number, not "many"/],
    [["--clients", "7.5"], /^--clients needs a whole number, not "7.5"/],
    [["--clients", "5"], /^--clients can't be used as given \(.*>=6\)/],
    [["--clients", "41"], /^--clients can't be used as given \(.*<=40\)/],
    [["--rounds", "0"], /^--rounds can't be used as given/],
    [["--data", "cats"], /^--data can't be used as given \(.*"mnist"\|"fashion-mnist"\)/],
    [["--seed", ""], /^--seed can't be used as given/],
    [["--rpc-port", "65536"], /^--rpc-port can't be used as given/],
    [["--graphql-port", "http"], /^--graphql-port needs a whole number, not "http"/],
    [["--folder", ""], /^--folder can't be used as given/],
    [["--data-folder", ""], /^--data-folder can't be used as given/],
  ];
  for (const [args, problem] of wrong) {
    it(`SEA-04 are refused in one sentence: ${args.join(" ")}`, () => {
      expect(() => parseOptions(args))
        .to.throw(SeasonFlagError, problem)
        .that.includes({ code: "season/flag" })
        .and.has.property("message")
        .that.matches(/: see npm start -- --help$/)
        .and.does.not.contain("\n");
    });
  }
});
