using BenchmarkDotNet.Attributes;
using Caas.Domain.Ids;
using Caas.Domain.Members;
using Caas.Domain.Policies;
using Caas.Domain.Users;

namespace Caas.Bench.Micro;

/// <summary>The built-in rules: may this member send?</summary>
public class PermissionBenchmarks
{
    private readonly UserId _user = UserId.Parse("alice");
    private readonly AccessRequest _send = new(AccessAction.SendMessage, Conversation: null, MemberRole.Member, UserRoles.User);

    [Benchmark]
    public bool MaySend() => ConversationRules.Refusal(_send, _user) is null;
}
