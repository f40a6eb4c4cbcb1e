using System.Runtime.InteropServices;
using System.Text.Json;
using Caas.Domain.Applications;
using Caas.Domain.Clients;
using Caas.Domain.Conversations;
using Caas.Domain.Ids;
using Caas.Domain.Keys;
using Caas.Domain.Members;
using Caas.Domain.Messages;
using Caas.Domain.Tokens;
using Caas.Domain.Users;

namespace Caas.Engines.Avro;

/// <summary>The resources in events, each field in the schema's order.</summary>
internal static class ResourceEncoder
{
    private const long EndOfBlocks = 0;

    public static void Write(ref AvroWriter writer, Message message)
    {
        writer.WriteString(message.Id.ToString());
        writer.WriteString(message.ConversationId.ToString());
        writer.WriteLong(message.Sequence);
        writer.WriteString(message.SenderId.Value);
        writer.WriteString(message.ClientMessageId);
        writer.WriteOptional(message.Text);
        WriteFiles(ref writer, message.Attachments);
        writer.WriteOptional(message.ReplyTo?.ToString());
        WriteMentions(ref writer, message.Mentions);
        WriteReactions(ref writer, message.Reactions);
        WriteAttributes(ref writer, message.Attributes);
        writer.WriteString(message.Leaf);
        writer.WriteTime(message.CreatedAt);
        writer.WriteOptional(message.EditedAt);
        writer.WriteOptional(message.DeletedAt);
        writer.WriteOptional(message.PinnedAt);
        writer.WriteString(message.Etag);
    }

    public static void Write(ref AvroWriter writer, Conversation conversation)
    {
        writer.WriteString(conversation.Id.ToString());
        writer.WriteString(EventWords.Of(conversation.Type));
        writer.WriteOptional(conversation.Name);
        writer.WriteString(EventWords.Of(conversation.History));
        writer.WriteBoolean(conversation.Encrypted);
        WriteAttributes(ref writer, conversation.Attributes);
        writer.WriteLong(conversation.MemberCount);
        writer.WriteLong(conversation.LastSequence);
        writer.WriteLong(conversation.Version);
        writer.WriteTime(conversation.CreatedAt);
        writer.WriteTime(conversation.UpdatedAt);
        writer.WriteString(conversation.Etag);
    }

    public static void Write(ref AvroWriter writer, Member member)
    {
        writer.WriteString(member.UserId.Value);
        writer.WriteString(EventWords.Of(member.Role));
        writer.WriteTime(member.JoinedAt);
        writer.WriteLong(member.FromSequence);
    }

    public static void Write(ref AvroWriter writer, Client client)
    {
        writer.WriteString(client.Id.ToString());
        writer.WriteString(client.Name);
        writer.WriteString(client.Email);
        writer.WriteTime(client.CreatedAt);
        writer.WriteString(client.Etag);
    }

    public static void Write(ref AvroWriter writer, Application application)
    {
        writer.WriteString(application.Id.ToString());
        writer.WriteString(application.Name);
        writer.WriteString(application.Label);
        WriteStrings(ref writer, application.AllowedOrigins);
        writer.WriteTime(application.CreatedAt);
        writer.WriteString(application.Etag);
    }

    public static void Write(ref AvroWriter writer, ApiKey key)
    {
        writer.WriteString(key.Id.ToString());
        writer.WriteString(key.ApplicationId.ToString());
        writer.WriteString(key.Name);
        WriteStrings(ref writer, key.Scopes);
        writer.WriteTime(key.CreatedAt);
        writer.WriteOptional(key.ExpiresAt);
        writer.WriteOptional(key.LastUsedAt);
    }

    public static void Write(ref AvroWriter writer, User user)
    {
        writer.WriteString(user.Id.Value);
        writer.WriteOptional(user.Name);
        writer.WriteOptional(user.AvatarUrl);
        writer.WriteString(user.Role);
        WriteAttributes(ref writer, user.Attributes);
        writer.WriteTime(user.CreatedAt);
        writer.WriteString(user.Etag);
    }

    public static void Write(ref AvroWriter writer, Session session)
    {
        writer.WriteString(session.Id.ToString());
        writer.WriteString(session.UserId.Value);
        writer.WriteString(session.DeviceId.ToString());
        writer.WriteString(session.ApplicationId.ToString());
        writer.WriteTime(session.CreatedAt);
        writer.WriteTime(session.ExpiresAt);
        writer.WriteOptional(session.RevokedAt);
    }

    // The raw text, so that numbers and escapes come back byte for byte.
    private static void WriteAttributes(ref AvroWriter writer, JsonElement? attributes)
    {
        if (writer.WriteBranch(attributes is not null))
        {
            writer.WriteString(JsonMarshal.GetRawUtf8Value(attributes.GetValueOrDefault()));
        }
    }

    private static void WriteFiles(ref AvroWriter writer, IReadOnlyList<FileId> files)
    {
        BeginItems(ref writer, files.Count);
        for (var i = 0; i < files.Count; i++)
        {
            writer.WriteString(files[i].ToString());
        }

        writer.WriteLong(EndOfBlocks);
    }

    private static void WriteMentions(ref AvroWriter writer, IReadOnlyList<UserId> users)
    {
        BeginItems(ref writer, users.Count);
        for (var i = 0; i < users.Count; i++)
        {
            writer.WriteString(users[i].Value);
        }

        writer.WriteLong(EndOfBlocks);
    }

    private static void WriteStrings(ref AvroWriter writer, IReadOnlyList<string> texts)
    {
        BeginItems(ref writer, texts.Count);
        for (var i = 0; i < texts.Count; i++)
        {
            writer.WriteString(texts[i]);
        }

        writer.WriteLong(EndOfBlocks);
    }

    private static void WriteReactions(ref AvroWriter writer, IReadOnlyDictionary<string, ReactionCount> reactions)
    {
        BeginItems(ref writer, reactions.Count);
        if (reactions.Count > 0)
        {
            foreach (var (emoji, reaction) in reactions)
            {
                writer.WriteString(emoji);
                writer.WriteLong(reaction.Count);
            }
        }

        writer.WriteLong(EndOfBlocks);
    }

    // Arrays and maps are blocks, each with its count, up to a block of 0: one block here, none where there is nothing.
    private static void BeginItems(ref AvroWriter writer, int count)
    {
        if (count > 0)
        {
            writer.WriteLong(count);
        }
    }
}
