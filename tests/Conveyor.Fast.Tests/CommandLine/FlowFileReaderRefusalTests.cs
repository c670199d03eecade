using Conveyor.Fast.Cli.FlowFiles;

namespace Conveyor.Fast.Tests.CommandLine;

/// <summary>Every kind of bad file, and the line that the user gets.</summary>
public sealed class FlowFileReaderRefusalTests
{
    [Theory]
    [InlineData("")]
    [InlineData(" \r\n\t ")]
    public void Read_NothingInTheFile_SaysSo(string json) => Refuses(json, "is empty");

    [Theory]
    [InlineData("{")]
    [InlineData("hello")]
    [InlineData("{'name':'a'}")]
    [InlineData("{\"name\":\"a\",\"queueName\":\"q\",}")]
    [InlineData("{\"name\":\"a\" // comment\n}")]
    [InlineData("{\"name\":\"a\nb\"}")]
    [InlineData("{\"name\":\"a\",\"queueName\":\"q\"} x")]
    [InlineData("{\"name\":\"a\",\"queueName\":\"q\"}{}")]
    [InlineData("{\"name\":\"a\",\"queueName\":\"q\",\"data\":[1,2}")]
    public void Read_NotJson_SaysWhere(string json)
    {
        string message = FlowFileText.Refusal(json).Message;

        Assert.StartsWith("is not valid JSON: ", message);
        Assert.Matches(@"\(column \d+\)$", message);
        Assert.DoesNotContain("LineNumber", message);
        Assert.DoesNotContain('\n', message);
    }

    [Theory]
    [InlineData("[]", "must be an object, a job with name and queueName, but is a list")]
    [InlineData("null", "must be an object, a job with name and queueName, but is null")]
    [InlineData("\"a\"", "must be an object, a job with name and queueName, but is text")]
    [InlineData("{}", "name: is missing")]
    [InlineData("{\"queueName\":\"q\"}", "name: is missing")]
    [InlineData("{\"name\":\"a\"}", "queueName: is missing")]
    [InlineData("{\"name\":7,\"queueName\":\"q\"}", "name: must be text, but is a number")]
    [InlineData("{\"name\":null,\"queueName\":\"q\"}", "name: must be text, but is null")]
    [InlineData("{\"name\":\"\",\"queueName\":\"q\"}", "name: must not be empty")]
    [InlineData("{\"name\":\"\\ud800\",\"queueName\":\"q\"}", "name: has an escape that is not a character")]
    [InlineData("{\"name\":\"a\",\"queueName\":[\"q\"]}", "queueName: must be text, but is a list")]
    [InlineData("{\"name\":\"a\",\"queueName\":\"\"}", "queueName: must have 1 to 255 characters, but has 0")]
    [InlineData("{\"name\":\"a\",\"queueName\":\"q\\n\"}", "queueName: must not contain control characters")]
    [InlineData("{\"name\":\"a\",\"queueName\":\"q\",\"name\":\"b\"}", "name: is given twice")]
    [InlineData("{\"name\":\"a\",\"queueName\":\"q\",\"queue\":\"b\"}", "queue: unknown field, a job has name, queueName, data, opts and children")]
    [InlineData("{\"Name\":\"a\",\"queueName\":\"q\"}", "Name: unknown field, a job has name, queueName, data, opts and children")]
    [InlineData("{\"name\":\"a\",\"queueName\":\"q\",\"opts\":[]}", "opts: must be an object, but is a list")]
    [InlineData("{\"name\":\"a\",\"queueName\":\"q\",\"opts\":null}", "opts: must be an object, but is null")]
    [InlineData("{\"name\":\"a\",\"queueName\":\"q\",\"children\":{}}", "children: must be a list, but is an object")]
    [InlineData("{\"name\":\"a\",\"queueName\":\"q\",\"children\":[7]}", "children[0]: must be an object, a job with name and queueName, but is a number")]
    [InlineData("{\"name\":\"a\",\"queueName\":\"q\",\"children\":[],\"children\":[]}", "children: is given twice")]
    public void Read_BadJob_NamesTheField(string json, string message) => Refuses(json, message);

    [Theory]
    [InlineData("{\"run\":7}", "data.run: must be text, but is a number")]
    [InlineData("{\"run\":null}", "data.run: must be text, but is null")]
    [InlineData("{\"run\":\" \"}", "data.run: must be a shell command, but is empty")]
    [InlineData("{\"run\":\"a\\u0000b\"}", "data.run: must not contain the character U+0000")]
    [InlineData("{\"run\":\"a\",\"run\":\"b\"}", "data.run: is given twice")]
    [InlineData("{\"x\":1,\"x\":{}}", "data.x: is given twice")]
    public void Read_BadData_NamesTheField(string data, string message) =>
        Refuses($$"""{"name":"a","queueName":"q","data":{{data}}}""", message);

    [Theory]
    [InlineData("{\"attempts\":0}", "opts.attempts: must be at least 1, but is 0")]
    [InlineData("{\"attempts\":-3}", "opts.attempts: must be at least 1, but is -3")]
    [InlineData("{\"attempts\":1.5}", "opts.attempts: must be a whole number, but is 1.5")]
    [InlineData("{\"attempts\":3000000000}", "opts.attempts: must be a number from 1 to 2147483647, but is 3000000000")]
    [InlineData("{\"attempts\":\"3\"}", "opts.attempts: must be a whole number, but is text")]
    [InlineData("{\"attempts\":1,\"attempts\":1}", "opts.attempts: is given twice")]
    [InlineData("{\"priority\":true}", "opts.priority: must be a whole number, but is true")]
    [InlineData("{\"priority\":-3000000000}", "opts.priority: must be a number from -2147483648 to 2147483647, but is -3000000000")]
    [InlineData("{\"lifo\":1}", "opts.lifo: must be true or false, but is a number")]
    [InlineData("{\"jobId\":7}", "opts.jobId: must be text, but is a number")]
    [InlineData("{\"jobId\":\"\"}", "opts.jobId: must have 1 to 255 characters, but has 0")]
    [InlineData("{\"jobId\":\"a\\u007f\"}", "opts.jobId: must not contain control characters")]
    [InlineData("{\"failParentOnChildFailure\":\"explode\"}", "opts.failParentOnChildFailure: must be 'fail', 'ignore' or 'remove', but is 'explode'")]
    [InlineData("{\"failParentOnChildFailure\":\"Fail\"}", "opts.failParentOnChildFailure: must be 'fail', 'ignore' or 'remove', but is 'Fail'")]
    [InlineData("{\"failParentOnChildFailure\":true}", "opts.failParentOnChildFailure: must be text, but is true")]
    [InlineData("{\"removeOnComplete\":\"yes\"}", "opts.removeOnComplete: must be true, false, the number of jobs to keep, or an object with age and count, but is text")]
    [InlineData("{\"removeOnComplete\":{}}", "opts.removeOnComplete: has neither age nor count")]
    [InlineData("{\"removeOnComplete\":{\"age\":0}}", "opts.removeOnComplete.age: must be above zero")]
    [InlineData("{\"removeOnComplete\":{\"age\":1,\"age\":2}}", "opts.removeOnComplete.age: is given twice")]
    [InlineData("{\"removeOnFail\":{\"count\":-1}}", "opts.removeOnFail.count: must be at least 0, but is -1")]
    [InlineData("{\"removeOnFail\":{\"years\":1}}", "opts.removeOnFail.years: unknown field, there are age and count")]
    [InlineData("{\"removeOnComplete\":-1}", "opts.removeOnComplete: must be at least 0, but is -1")]
    [InlineData("{\"maxStalls\":-1}", "opts.maxStalls: must be at least 0, but is -1")]
    [InlineData("{\"maxStalls\":0.5}", "opts.maxStalls: must be a whole number, but is 0.5")]
    [InlineData("{\"maxStalls\":\"1\"}", "opts.maxStalls: must be a whole number, but is text")]
    [InlineData("{\"deduplication\":\"key\"}", "opts.deduplication: must be an object, but is text")]
    [InlineData("{\"deduplication\":{}}", "opts.deduplication.id: is missing")]
    [InlineData("{\"deduplication\":{\"id\":7}}", "opts.deduplication.id: must be text, but is a number")]
    [InlineData("{\"deduplication\":{\"id\":\"\"}}", "opts.deduplication.id: must have 1 to 255 characters, but has 0")]
    [InlineData("{\"deduplication\":{\"id\":\"a\",\"id\":\"a\"}}", "opts.deduplication.id: is given twice")]
    [InlineData("{\"deduplication\":{\"id\":\"a\",\"ttl\":1000}}", "opts.deduplication.ttl: is not supported yet, an id holds until its job has ended")]
    [InlineData("{\"deduplication\":{\"key\":\"a\"}}", "opts.deduplication.key: unknown field, there is id")]
    [InlineData("{\"groupId\":\"g\"}", "opts.groupId: this option is not supported yet")]
    [InlineData("{\"group\":{}}", "opts.group: this option is not supported yet")]
    [InlineData("{\"repeat\":{\"every\":1000}}", "opts.repeat: does not go with a flow file, which is run once")]
    [InlineData(
        "{\"retries\":3}",
        "opts.retries: unknown option, there are attempts, backoff, delay, timeout, maxStalls, priority, lifo, jobId, deduplication, failParentOnChildFailure, removeOnComplete and removeOnFail")]
    public void Read_BadOption_NamesTheOption(string options, string message) => Refuses(FlowFileText.WithOptions(options), message);

    [Theory]
    [InlineData("-1", "must not be negative, but is -1")]
    [InlineData("1e300", "is longer than 36,500 days: 1E+300")]
    [InlineData("\"40000 days\"", "is longer than 36,500 days: 40000 days")]
    [InlineData("\"3153600000001\"", "is longer than 36,500 days: 3153600000001")]
    [InlineData("\"1.2.3 days\"", "must be a number of milliseconds or a duration such as '5s', but is '1.2.3 days'")]
    [InlineData("\"40000 lightyears\"", "must be a number of milliseconds or a duration such as '5s', but is '40000 lightyears'")]
    [InlineData("\"in 5s\"", "must be a number of milliseconds or a duration such as '5s', but is 'in 5s'")]
    [InlineData("null", "must be a number of milliseconds or a duration such as '5s', but is null")]
    [Trait("Behaviour", "VLD-05")]
    public void Read_BadDelay_NamesTheField(string delay, string message) =>
        Refuses(FlowFileText.WithOptions($$"""{"delay":{{delay}}}"""), $"opts.delay: {message}");

    [Theory]
    [InlineData("0", "must be above zero")]
    [InlineData("\"0s\"", "must be above zero")]
    [InlineData("-1", "must not be negative, but is -1")]
    [InlineData("1e300", "is longer than 36,500 days: 1E+300")]
    [InlineData("\"50 days\"", "must be at most 49 days")]
    [InlineData("\"5300 WEEKS\"", "is longer than 36,500 days: 5300 WEEKS")]
    [InlineData("\"soon\"", "must be a number of milliseconds or a duration such as '5s', but is 'soon'")]
    [InlineData("false", "must be a number of milliseconds or a duration such as '5s', but is false")]
    [Trait("Behaviour", "VLD-05")]
    public void Read_BadTimeout_NamesTheField(string timeout, string message) =>
        Refuses(FlowFileText.WithOptions($$"""{"timeout":{{timeout}}}"""), $"opts.timeout: {message}");

    [Theory]
    [InlineData("-1", "opts.backoff: must not be negative, but is -1")]
    [InlineData("1e300", "opts.backoff: is longer than 36,500 days: 1E+300")]
    [InlineData("\"soon\"", "opts.backoff: must be a number of milliseconds or a duration such as '5s', but is 'soon'")]
    [InlineData("\"-5s\"", "opts.backoff: must be a number of milliseconds or a duration such as '5s', but is '-5s'")]
    [InlineData("true", "opts.backoff: must be a duration, or an object with type and delay, but is true")]
    [InlineData("{}", "opts.backoff.delay: is missing")]
    [InlineData("{\"delay\":1}", "opts.backoff.type: is missing")]
    [InlineData("{\"type\":\"fixed\"}", "opts.backoff.delay: is missing")]
    [InlineData("{\"type\":\"custom\",\"delay\":1}", "opts.backoff.type: must be 'fixed' or 'exponential', but is 'custom'")]
    [InlineData("{\"type\":\"fixed\",\"delay\":null}", "opts.backoff.delay: must be a number of milliseconds or a duration such as '5s', but is null")]
    [InlineData("{\"type\":\"fixed\",\"delay\":-2}", "opts.backoff.delay: must not be negative, but is -2")]
    [InlineData("{\"type\":\"fixed\",\"type\":\"fixed\"}", "opts.backoff.type: is given twice")]
    [InlineData("{\"type\":\"fixed\",\"delay\":1,\"delay\":1}", "opts.backoff.delay: is given twice")]
    [InlineData("{\"factor\":2}", "opts.backoff.factor: unknown field, a backoff has type and delay")]
    public void Read_BadBackoff_NamesTheField(string backoff, string message) =>
        Refuses(FlowFileText.WithOptions($$"""{"backoff":{{backoff}}}"""), message);

    [Fact]
    public void Read_NumberBeyondABoundOfTheEngine_NamesTheOption() => Assert.StartsWith(
        "opts.removeOnComplete: ",
        FlowFileText.Refusal(FlowFileText.WithOptions("""{"removeOnComplete":2147483647}""")).Message);

    [Fact]
    public void Read_BadOptionDeepInTheTree_NamesTheNode() => Refuses(
        """
        {"name":"a","queueName":"q","children":[
          {"name":"b","queueName":"q"},{"name":"c","queueName":"q","children":[{"name":"x","queueName":"q"}]},
          {"name":"d","queueName":"q","children":[{"name":"e","queueName":"q","opts":{"attempts":-3}}]}]}
        """,
        "children[2].children[0].opts.attempts: must be at least 1, but is -3",
        line: 3);

    [Fact]
    public void Read_FieldAfterTheChildren_NamesTheParent() => Refuses(
        """{"name":"a","queueName":"q","children":[{"name":"b","queueName":"q","children":[{"name":"c","queueName":"q"}],"opts":7}]}""",
        "children[0].opts: must be an object, but is a number");

    [Fact]
    public void Read_ChildWithoutQueue_NamesTheChild() => Refuses(
        """{"name":"a","queueName":"q","children":[{"name":"b","queueName":"q"},{"name":"c"}]}""",
        "children[1].queueName: is missing");

    [Fact]
    public void Read_DeduplicationOfAParent_NamesIt() => Refuses(
        """{"name":"a","queueName":"q","children":[{"name":"b","queueName":"q","opts":{"deduplication":{"id":"x"}},"children":[{"name":"c","queueName":"q"}]}]}""",
        "children[0].opts.deduplication: does not go with children");

    [Fact]
    public void Read_SameIdTwiceInOneQueue_NamesBothJobs() => Refuses(
        """
        {"name":"a","queueName":"q","children":[{"name":"b","queueName":"q","opts":{"jobId":"x"}},{"name":"c","opts":{"jobId":"x"},"queueName":"q"}]}
        """,
        "children[1].opts.jobId: 'x' is already the id of children[0] in queue 'q'");

    [Fact]
    public void Read_UnknownFieldWithControlCharacters_StaysOnOneLine()
    {
        string message = FlowFileText.Refusal("""{"a\u001b[31m\nb":1}""").Message;

        Assert.DoesNotContain(message, char.IsControl);
    }

    private static void Refuses(string json, string message, int? line = null)
    {
        FlowFileException refusal = FlowFileText.Refusal(json);

        Assert.Equal(message, refusal.Message);
        if (line is not null)
        {
            Assert.Equal(line, refusal.Line);
        }
    }
}
