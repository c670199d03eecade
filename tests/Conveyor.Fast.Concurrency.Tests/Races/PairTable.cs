using Conveyor.Fast.Concurrency.Tests.Races.Machinery;
using Conveyor.Fast.Concurrency.Tests.Races.Operations;

namespace Conveyor.Fast.Concurrency.Tests.Races;

/// <summary>
/// All pairs of what can happen at the same time, and of each where the two can meet. What can meet is raced: the races
/// are read from here. A cell is for the row's operation and the column's:
/// <code>
/// J  on one job                            S  on the last two children of a parent
/// P  the row's on the parent, the          C  the row's on the child, the column's
///    column's on the child                    on the parent
/// *  after a letter: both may settle an edge, so the race decides a settlement
/// </code>
/// Small letters say why two operations never meet, or, after capitals, why another meeting of theirs is not raced
/// (<see cref="Reasons"/>). A race of siblings is one of their parent's counter, so only what settles an edge is raced there.
/// <para>
/// The stars are the pairs whose sides settle by nothing but their steps. A job that is taken from its run, by a time limit
/// or by a stall that fails it for good, settles too, but what decides between it and the run's owner is the claim before
/// the step, behind a gate and a fence that stops the other side; the step and the count that follow are those of a failure.
/// </para>
/// </summary>
internal static class PairTable
{
    private const string Text = """
        .        start complete fail retry timeout stall stallout revive falldue byhand redelay evict cancel  remove  priority wait attach commit promote park wake return stale empties fills close
        start    t     C        r    r     J       a     s        C      s       s      s       C     JC      JC      J        J    J      C      s       m    m    m      m     m       m     J
        complete       PS*      PS*  P     JPS     JP    JPS      JPC    P       P      P       PC    J*PC*S* J*PC*S* JPC      JPC  JP     C      s       m    m    m      m     m       m     m
        fail                    S*   r     JS      J     JS       JC     r       s      s       C     J*CS*   J*CS*   JC       JC   J      C      c       m    m    m      m     m       m     m
        retry                        r     J       J     J        JC     r       s      s       C     J*C     JC      J        J    J      C      s       m    m    m      m     m       m     m
        timeout                            S       J     JS       JC     s       s      s       C     JCS     JCS     JC       JC   J      C      c       m    m    m      m     m       m     e
        stall                                      o     n        JC     s       s      s       C     JC      JC      J        J    J      C      s       m    m    m      m     m       m     e
        stallout                                         S        JC     s       s      s       C     JCS     JCS     JC       JC   J      C      c       m    m    m      m     m       m     e
        revive                                                    JP     P       P      P       JPC   JPC     JPC     JP       JP   JP     g      c       m    m    m      m     m       m     m
        falldue                                                          t       J      J       C     JC      JC      J        J    J      s      s       m    m    m      m     m       m     m
        byhand                                                                   J      J       C     JC      JC      J        J    J      s      s       m    m    m      m     m       m     m
        redelay                                                                         J       C     JC      JC      J        J    J      s      s       m    m    m      m     m       m     m
        evict                                                                                   P     PC      JPC     P        JP   P      g      c       m    m    m      m     m       m     m
        cancel                                                                                        J*PS*   J*PCS*  JPC      JPC  Ju     JC     c       m    m    m      m     m       m     m
        remove                                                                                                J*PS*   JPC      JPC  JP     JC     c       m    m    m      m     m       m     m
        priority                                                                                                      o        J    J      JC     c       m    m    m      m     m       m     m
        wait                                                                                                                   J    J      JC     c       m    m    m      m     m       m     m
        attach                                                                                                                      J      C      c       m    m    m      m     m       m     m
        commit                                                                                                                             d      c       m    m    m      m     m       m     m
        promote                                                                                                                                   c       m    m    m      m     m       m     m
        park                                                                                                                                              l    J    m      m     m       m     k
        wake                                                                                                                                                   w    m      m     m       m     J
        return                                                                                                                                                      o      J     m       m     m
        stale                                                                                                                                                              o     m       m     m
        empties                                                                                                                                                                  b       J     m
        fills                                                                                                                                                                            b     m
        close                                                                                                                                                                                  o
        """;

    private static readonly Dictionary<string, Func<Operation>> s_operations = new()
    {
        ["start"] = static () => new StartOperation(),
        ["complete"] = static () => new CompleteOperation(),
        ["fail"] = static () => new FailOperation(),
        ["retry"] = static () => new RetryOperation(),
        ["timeout"] = static () => new TimeOutOperation(),
        ["stall"] = static () => new StallOperation(),
        ["stallout"] = static () => new StallOutOperation(),
        ["revive"] = static () => new ReviveOperation(),
        ["falldue"] = static () => new FallDueOperation(),
        ["byhand"] = static () => new PromoteOperation(),
        ["redelay"] = static () => new ChangeDelayOperation(),
        ["evict"] = static () => new EvictOperation(),
        ["cancel"] = static () => new CancelOperation(),
        ["remove"] = static () => new RemoveOperation(),
        ["priority"] = static () => new ChangePriorityOperation(),
        ["wait"] = static () => new WaitOperation(),
        ["attach"] = static () => new AttachOperation(),
        ["commit"] = static () => new CommitOperation(),
    };

    private static readonly Dictionary<(string Row, string Column), PairRace[]> s_machinery = new()
    {
        [("start", "timeout")] = [new("start of a run's next job and time limit of its last", IsDecisive: false, static () => new LateLimitRun())],
        [("start", "close")] = [new("close and start", IsDecisive: false, static () => new CloseAndPumpRun())],
        [("park", "wake")] = [new("park and wake", IsDecisive: false, static () => new ParkAndWakeRun())],
        [("wake", "close")] = [new("close and wake", IsDecisive: false, static () => new CloseAndWakeRun())],
        [("return", "stale")] = [new("return of a run and its stale number", IsDecisive: false, static () => new StaleRunRun()), new("return of a slot and its stale id", IsDecisive: false, static () => new StaleIdRun())],
        [("empties", "fills")] = [new("band empties and band fills", IsDecisive: false, static () => new BandRun())],
    };

    public static IReadOnlyDictionary<char, string> Reasons { get; } = new Dictionary<char, string>
    {
        ['r'] = "both are steps of a run's owner, who takes one after the other",
        ['t'] = "both need the same ticket, which stands in one place and is taken once",
        ['s'] = "they begin in states that exclude each other, and neither touches the job before its state is there",
        ['c'] = "promotion is the last step of whoever settles the last edge: raced as that child's end, against the same on the parent or on a sibling",
        ['g'] = "it begins with a job that has ended; by then the commit has put its ticket out and does not touch it again",
        ['d'] = "two commits share nothing but custom ids, which are reserved one by one before either exists",
        ['a'] = "the start needs the ticket that the stall puts out after its step",
        ['m'] = "one of them knows tickets, loops or slots and no job's word: they meet a job through start, retry and promote",
        ['l'] = "a loop parks itself, and loops enter the lot under its lock",
        ['k'] = "raced as close and wake: the loops park meanwhile",
        ['w'] = "wakes take sleepers out of the lot under its lock",
        ['e'] = "a close takes jobs away by stalls, and meets a job as one of these",
        ['n'] = "one call of one closer: how many stalls the job survives says which of the two it is",
        ['u'] = "of the parent beside an attach to its child comes to more than one after the other (DESIGN.md, Several parents)",
        ['o'] = "the same thing twice, by one owner or under a lock",
        ['b'] = "the same side twice is two calls of one lock-free queue, whose both sides are raced together",
    };

    public static IReadOnlyList<string> Names { get; } = Lines()[0][1..];

    /// <summary>Every cell of the upper half.</summary>
    public static IEnumerable<(string Row, string Column, string Cell)> Cells =>
        from line in Lines()[1..]
        from place in Enumerable.Range(0, line.Length - 1)
        select (line[0], Names[Names.Count - (line.Length - 1) + place], line[place + 1]);

    public static IReadOnlyList<PairRace> Races { get; } =
    [
        .. from cell in Cells
           from letter in Enumerable.Range(0, cell.Cell.Length)
           where char.IsUpper(cell.Cell[letter])
           let isDecisive = cell.Cell[letter..].Skip(1).FirstOrDefault() == '*'
           from race in Make(cell.Row, cell.Column, cell.Cell[letter], isDecisive)
           select race,
    ];

    private static string[][] Lines() => [.. Text.Split('\n').Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];

    private static IEnumerable<PairRace> Make(string row, string column, char letter, bool isDecisive)
    {
        if (s_machinery.TryGetValue((row, column), out PairRace[]? races))
        {
            return races;
        }

        // A commit brings its family with it, and comes first; so does what happens to a parent.
        bool isBirth = column == "commit";
        (string a, string b) = isBirth || letter == 'C' ? (column, row) : (row, column);
        Relation relation = letter switch
        {
            'J' => isBirth ? Relation.NewParent : Relation.OneJob,
            'S' => Relation.Siblings,
            _ => isBirth ? Relation.NewChild : Relation.ParentAndChild,
        };
        Race Pair() => new(s_operations[a](), s_operations[b](), relation);
        return [new PairRace(Pair().ToString(), isDecisive, () => new RaceRun(Pair()))];
    }
}
