using Conveyor.Fast.Cli;
using Conveyor.Fast.Cli.Commands;
using Conveyor.Fast.Cli.Output;

using var interrupt = new InterruptSignals();
var surroundings = new Surroundings(Console.Out, Console.Error, TerminalConsole.TryOpen());
return interrupt.ExitCodeFor(await ConveyorCommandLine.RunAsync(args, surroundings, interrupt.Token));
